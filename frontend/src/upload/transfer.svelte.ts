/** One slide on its way: its files one after the other, then its ingest. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import type { Slide, Upload } from "../api/types";
import { SlideRecord } from "../slide/slide_record.svelte";
import { FileSender } from "./file_sender";
import { randomId } from "./folder_id";
import { type Dropped, type Plan, sizeOf } from "./plan";
import { Rate } from "./rate";
import { fileOf, type Unfinished } from "./unfinished";

export type TransferState = "waiting" | "sending" | "paused" | "broken" | "sent";

export class Transfer {
  readonly key = randomId();
  readonly size: number;
  state: TransferState = $state("waiting");
  sent = $state(0);
  bytesPerSecond: number | null = $state(null);
  secondsLeft: number | null = $state(null);
  /** The server does not answer just now; sending goes on by itself. */
  isUnreached = $state(false);
  problem: Problem | null = $state.raw(null);
  /** The slide that the bytes became, followed until it is ready. */
  record: SlideRecord | null = $state.raw(null);
  private readonly folder: string | null;
  private readonly rate = new Rate();
  private readonly ids = new Set<string>();
  private readonly done = new Set<Dropped>();
  private readonly senders = new Map<Dropped, FileSender>();
  private current: FileSender | null = null;

  constructor(
    private readonly client: Client,
    readonly plan: Plan,
    private readonly unfinished: Unfinished | null = null,
  ) {
    this.size = sizeOf(plan);
    this.folder = plan.isFolder ? (unfinished?.folder ?? randomId()) : null;
    for (const upload of unfinished?.uploads ?? []) this.continueFrom(upload);
  }

  get name(): string {
    return this.plan.name;
  }

  /** Send until the end, a pause or a fault; doing it again goes on. */
  async run(): Promise<void> {
    this.state = "sending";
    this.problem = null;
    this.isUnreached = false;
    this.rate.restart();
    try {
      for (const file of this.plan.files) {
        if (!this.done.has(file)) await this.send(file);
        if (this.state !== "sending") return;
      }
      await this.finish();
    } catch (error) {
      this.problem = asProblem(error);
      this.state = "broken";
    }
  }

  async pause(): Promise<void> {
    this.state = "paused";
    this.bytesPerSecond = this.secondsLeft = null;
    await this.current?.pause();
  }

  /** Forget it here and on the server. */
  async cancel(): Promise<void> {
    await this.pause();
    for (const sender of this.senders.values()) if (sender.id) this.ids.add(sender.id);
    const ids = [...this.ids];
    await Promise.allSettled(ids.map((id) => this.client.discardUpload(id)));
  }

  close(): void {
    this.record?.close();
  }

  private continueFrom(upload: Upload): void {
    const file = fileOf(this.plan, upload);
    if (!file) return;
    this.ids.add(upload.id);
    this.sent += upload.received;
    if (upload.state === "complete") this.done.add(file);
  }

  private async send(file: Dropped): Promise<void> {
    const before = this.sizeOfDone();
    const sender = this.senderOf(file, before);
    this.current = sender;
    await sender.send();
    if (sender.id) this.ids.add(sender.id);
    if (this.state !== "sending") return;
    this.done.add(file);
    this.progress(before + file.file.size);
  }

  private senderOf(file: Dropped, before: number): FileSender {
    const known = this.senders.get(file);
    if (known) return known;
    const uploads = this.unfinished?.uploads ?? [];
    const upload = uploads.find((one) => fileOf(this.plan, one) === file);
    const metadata: Record<string, string> = { filename: file.file.name };
    if (this.folder) {
      metadata.folder = this.folder;
      metadata.relativePath = file.path;
    }
    const sending = { file: file.file, metadata, address: upload?.tus_url ?? null };
    const sender = new FileSender(
      this.client,
      sending,
      (sent) => this.progress(before + sent),
      () => (this.isUnreached = true),
    );
    this.senders.set(file, sender);
    return sender;
  }

  private sizeOfDone(): number {
    return [...this.done].reduce((sum, { file }) => sum + file.size, 0);
  }

  private progress(sent: number): void {
    if (sent > this.sent) this.isUnreached = false;
    this.sent = sent;
    this.rate.add(sent, Date.now());
    this.bytesPerSecond = this.rate.bytesPerSecond;
    this.secondsLeft = this.rate.secondsLeft(this.size - sent);
  }

  private async finish(): Promise<void> {
    const slideId = this.folder
      ? (await this.completeFolder(this.folder)).id
      : await this.slideOf([...this.ids].at(-1) ?? "");
    this.state = "sent";
    if (slideId) this.record = new SlideRecord(this.client, slideId);
  }

  private completeFolder(folder: string): Promise<Slide> {
    const body = { name: this.name, files: this.plan.files.length };
    return this.client.call("POST", `uploads/folders/${folder}/complete`, body);
  }

  private async slideOf(uploadId: string): Promise<string | null> {
    const upload = await this.client.read<Upload>(`uploads/${uploadId}`);
    return upload.slide;
  }
}
