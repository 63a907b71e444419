/** The slide's record, followed by its socket while it is being prepared. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import { socketAddress } from "../api/site";
import type { Slide } from "../api/types";
import { readEvent, type SlideEvent } from "../events/event";
import { EventSocket } from "../events/socket";

const RETRY_MS = 3000;

export class SlideRecord {
  slide: Slide | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  /** Deleted, or no longer shared with this person. */
  isGone = $state(false);
  private socket: EventSocket | null = null;
  private lastId = "0";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  constructor(
    private readonly client: Client,
    private readonly id: string,
  ) {
    void this.load();
  }

  get isViewable(): boolean {
    return this.slide?.state === "ready" || this.slide?.state === "ready_with_notes";
  }

  /** The slide as a change by this person left it. */
  replace(slide: Slide): void {
    this.slide = slide;
  }

  /** Something about it was refused: see whether it may still be looked at. */
  async check(): Promise<void> {
    try {
      this.slide = await this.client.slide(this.id);
    } catch (error) {
      this.isGone = asProblem(error).status === 404;
    }
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  private async load(): Promise<void> {
    try {
      this.slide = await this.client.slide(this.id);
      this.problem = null;
      if (!this.isViewable && this.slide.state !== "failed") this.follow();
    } catch (error) {
      if (this.isClosed) return;
      this.problem = asProblem(error);
      this.isGone = this.problem.status === 404;
      if (this.problem.isOffline) {
        this.timer = setTimeout(() => void this.load(), RETRY_MS);
      }
    }
  }

  private follow(): void {
    if (this.socket || this.isClosed) return;
    this.socket = new EventSocket({
      address: socketAddress(this.client.site, `slides/${this.id}`, location),
      lastId: () => this.lastId,
      onFrame: (text) => this.hear(text),
      onConnection: (state) => {
        if (state === "closed") void this.load();
      },
    });
  }

  private hear(text: string): void {
    const event = readEvent<SlideEvent>(text);
    if (!event || !this.slide) return;
    if (event.id) this.lastId = event.id;
    if (event.kind === "ready" || event.kind === "failed") void this.load();
    if (event.step) this.slide = { ...this.slide, step: event.step };
  }
}
