/** What to say when nothing is heard, or the connection or the worker is gone. */

import type { WorkerState } from "../events/event";
import type { Connection } from "../events/socket";
import { duration } from "../geometry/format";
import type { Progress } from "./progress";

/** After so long without a word the page says so. */
export const NO_NEWS_MS = 60_000;

export interface Heard {
  connection: Connection;
  retryInSeconds: number;
  worker: WorkerState;
  /** When the last event came. */
  lastEventAt: number;
  progress: Progress;
}

export function freshness(heard: Heard, now: number): string {
  if (heard.connection === "lost") return lostWords(heard.retryInSeconds);
  const isQueued = heard.progress.phase === "queued";
  if (isQueued && heard.worker === "none") {
    return "No model is running just now. The question waits; nothing is lost.";
  }
  if (heard.worker === "gone") {
    return "The worker is not heard of any more. The question will be tried again.";
  }
  const silence = now - heard.lastEventAt;
  if (isQueued || silence < NO_NEWS_MS) return "";
  const rest =
    heard.worker === "busy" ? "The worker is alive and at it." : "It may be lost.";
  return `No news for ${duration(silence / 1000)}. ${rest}`;
}

function lostWords(seconds: number): string {
  const when = seconds > 0 ? `trying again in ${seconds} s` : "trying again";
  return `Connection lost, ${when}. The answer goes on without this page.`;
}
