/** One question as it is just now: its row, its events, and how fresh they are. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import { socketAddress } from "../api/site";
import type { Question } from "../api/types";
import { type QuestionEvent, readEvent, type WorkerState } from "../events/event";
import { type Connection, EventSocket } from "../events/socket";
import { addEvent, hasEnded, type Progress, startTimeline } from "./progress";

const ROW_RETRY_MS = 3000;

export class QuestionWatch {
  question: Question = $state.raw() as Question;
  connection: Connection = $state("connecting");
  retryInSeconds = $state(0);
  worker: WorkerState = $state("unknown");
  /** When the last event came; a heartbeat is none. */
  lastEventAt = $state(Date.now());
  isStopping = $state(false);
  problem: Problem | null = $state.raw(null);
  private timeline = $state.raw(startTimeline());
  private socket: EventSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  constructor(
    private readonly client: Client,
    question: Question,
  ) {
    this.question = question;
    this.isStopping = question.stop_requested_at !== null;
    this.socket = new EventSocket({
      address: socketAddress(client.site, `questions/${question.id}`, location),
      lastId: () => this.timeline.lastId,
      onFrame: (text) => this.hear(text),
      onConnection: (state, retryInSeconds) => this.connect(state, retryInSeconds),
    });
  }

  get progress(): Progress {
    return this.timeline.progress;
  }

  get isOpen(): boolean {
    return !hasEnded(this.progress.phase);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  /** Ask for the connection now instead of waiting. */
  hurry(): void {
    this.socket?.hurry();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.problem = null;
    try {
      this.question = await this.client.stop(this.question.id);
    } catch (error) {
      this.isStopping = false;
      this.problem = asProblem(error);
    }
  }

  private hear(text: string): void {
    const event = readEvent<QuestionEvent>(text);
    if (!event) return;
    if (event.kind === "heartbeat") this.worker = event.worker ?? "unknown";
    else this.lastEventAt = Date.now();
    const wasOpen = this.isOpen;
    this.timeline = addEvent(this.timeline, event);
    if (wasOpen && !this.isOpen) void this.readRow();
  }

  private connect(state: Connection, retryInSeconds: number): void {
    this.connection = state;
    this.retryInSeconds = Math.round(retryInSeconds);
    // Refused is told like lost; only the row knows whether there is something to see.
    const isUnclear = state === "closed" ? this.isOpen : retryInSeconds > 2;
    if (isUnclear) void this.readRow();
  }

  /** The row is the truth: the whole answer, or why this person may not see it. */
  private async readRow(): Promise<void> {
    clearTimeout(this.timer);
    try {
      this.question = await this.client.question(this.question.id);
      this.problem = null;
    } catch (error) {
      if (this.isClosed) return;
      this.problem = asProblem(error);
      if (this.problem.status === 404) this.close();
      else this.timer = setTimeout(() => void this.readRow(), ROW_RETRY_MS);
    }
  }
}
