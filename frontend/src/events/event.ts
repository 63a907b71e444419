/** Events of a question or slide as the socket and the poll endpoint tell them. */

import type { Evidence, QuestionState, Region } from "../api/types";

/** What the stream has of an evidence region; the crop's address comes with the row. */
export type FoundEvidence = Omit<Evidence, "crop"> & { crop?: string };

interface Told {
  /** Absent in a heartbeat, which is no part of the stream. */
  id?: string;
  attempt?: number;
}

interface Ended extends Told {
  text?: string;
  code?: string;
  message?: string;
  retryable?: boolean;
}

interface QueuePlace {
  place?: number;
  eta_s?: number | null;
}

export type WorkerState = "busy" | "waiting" | "gone" | "none" | "unknown";

export type QuestionEvent =
  | (Told &
      QueuePlace & {
        kind: "state";
        state: QuestionState;
        step?: number;
        steps?: number;
        of?: number;
      })
  | (Told & { kind: "overview"; region: Region })
  | (Told & {
      kind: "examined";
      region: Region;
      step: number;
      steps: number;
      of: number;
    })
  | (Told & { kind: "selected"; evidence: FoundEvidence })
  | (Told & { kind: "writing"; visual_tokens: number })
  | (Told & { kind: "text"; text: string })
  | (Told & { kind: "note"; code: string; message: string; restarts?: boolean })
  | (Ended & { kind: "answered" | "stopped" | "failed" })
  | (Told & QueuePlace & { kind: "heartbeat"; state?: string; worker?: WorkerState });

export interface SlideEvent extends Told {
  kind: "state" | "step" | "ready" | "failed" | "heartbeat";
  state?: string;
  step?: string;
  code?: string;
  message?: string;
}

/** The text of a frame as an event; null for anything that is none. */
export function readEvent<E extends { kind: string }>(text: string): E | null {
  try {
    const fields = JSON.parse(text) as unknown;
    const isObject = typeof fields === "object" && fields !== null;
    return isObject && "kind" in fields ? (fields as E) : null;
  } catch {
    return null;
  }
}

/** Order of two stream ids, "milliseconds-number"; the numbers may be long. */
export function compareIds(a: string, b: string): number {
  const [timeA, countA] = parts(a);
  const [timeB, countB] = parts(b);
  if (timeA !== timeB) return timeA < timeB ? -1 : 1;
  if (countA === countB) return 0;
  return countA < countB ? -1 : 1;
}

function parts(id: string): [bigint, bigint] {
  const [time = "0", count = "0"] = id.split("-");
  return [BigInt(time || 0), BigInt(count || 0)];
}
