/**
 * What the events of a question say so far. Pure: the same events in any order, once or
 * many times, give the same progress. An event of a higher attempt forgets the lower.
 */

import type { Region } from "../api/types";
import { compareIds, type FoundEvidence, type QuestionEvent } from "../events/event";

export type Phase = "queued" | "overview" | "zooming" | "writing" | End;
export type End = "answered" | "stopped" | "failed";

export interface Failure {
  code: string;
  message: string;
  retryable: boolean;
}

export interface Progress {
  phase: Phase;
  attempt: number;
  place: number | null;
  etaSeconds: number | null;
  overview: Region | null;
  /** Regions read and encoded, in order. */
  examined: readonly Region[];
  step: number;
  steps: number;
  /** Regions that the running step examines. */
  of: number;
  examinedInStep: number;
  evidence: readonly FoundEvidence[];
  visualTokens: number | null;
  text: string;
  notes: readonly { code: string; message: string }[];
  failure: Failure | null;
}

/** The kept events of one question and what they add up to. */
export interface Timeline {
  events: readonly KeptEvent[];
  /** Id of the newest event of the stream; where a new socket goes on. */
  lastId: string;
  progress: Progress;
}

type KeptEvent = QuestionEvent & { id: string };

const ENDS: ReadonlySet<string> = new Set(["answered", "stopped", "failed"]);
const ORDER: readonly Phase[] = ["queued", "overview", "zooming", "writing"];
const BEGINNING = "0";

export function hasEnded(phase: Phase): phase is End {
  return ENDS.has(phase);
}

export function startTimeline(): Timeline {
  return { events: [], lastId: BEGINNING, progress: startProgress(1) };
}

function startProgress(attempt: number): Progress {
  return {
    phase: "queued",
    attempt,
    place: null,
    etaSeconds: null,
    overview: null,
    examined: [],
    step: 0,
    steps: 0,
    of: 0,
    examinedInStep: 0,
    evidence: [],
    visualTokens: null,
    text: "",
    notes: [],
    failure: null,
  };
}

/** The timeline with one event more; the same object if that changes nothing. */
export function addEvent(timeline: Timeline, event: QuestionEvent): Timeline {
  if (event.id === undefined) return withHeartbeat(timeline, event);
  if (ENDS.has(event.kind)) return withEnd(timeline, event as KeptEvent);
  const kept = event as KeptEvent;
  const isNext = compareIds(kept.id, timeline.lastId) > 0;
  if (isNext && !hasEnded(timeline.progress.phase)) {
    return {
      events: [...timeline.events, kept],
      lastId: kept.id,
      progress: advance(timeline.progress, kept),
    };
  }
  if (timeline.events.some((known) => known.id === kept.id)) return timeline;
  return refold(timeline, kept);
}

/** An event that was overtaken by others: put it in its place and read all again. */
function refold(timeline: Timeline, event: KeptEvent): Timeline {
  const events = [...timeline.events, event].sort(inOrder);
  const last = events.findLast((known) => !ENDS.has(known.kind));
  return {
    events,
    lastId: last ? last.id : timeline.lastId,
    progress: events.reduce(advance, startProgress(1)),
  };
}

/** By id, but the end last: told from the row, it has an id before all others. */
function inOrder(a: KeptEvent, b: KeptEvent): number {
  const byEnd = Number(ENDS.has(a.kind)) - Number(ENDS.has(b.kind));
  return byEnd || compareIds(a.id, b.id);
}

function withEnd(timeline: Timeline, event: KeptEvent): Timeline {
  const attempt = event.attempt ?? 1;
  const { progress } = timeline;
  const isRepeated = hasEnded(progress.phase) && progress.attempt === attempt;
  if (attempt < progress.attempt || isRepeated) return timeline;
  const isNext = compareIds(event.id, timeline.lastId) > 0;
  return {
    events: [...timeline.events, event],
    lastId: isNext ? event.id : timeline.lastId,
    progress: advance(progress, event),
  };
}

function withHeartbeat(timeline: Timeline, event: QuestionEvent): Timeline {
  const { progress } = timeline;
  if (event.kind !== "heartbeat" || progress.phase !== "queued") return timeline;
  return { ...timeline, progress: { ...progress, ...queuePlace(event, progress) } };
}

function queuePlace(
  event: { place?: number; eta_s?: number | null },
  progress: Progress,
): Pick<Progress, "place" | "etaSeconds"> {
  return {
    place: event.place ?? progress.place,
    etaSeconds: event.eta_s ?? progress.etaSeconds,
  };
}

function advance(progress: Progress, event: QuestionEvent): Progress {
  const attempt = event.attempt ?? 1;
  if (attempt < progress.attempt) return progress;
  const base = attempt > progress.attempt ? startProgress(attempt) : progress;
  return hasEnded(base.phase) ? base : applied(base, event);
}

function applied(progress: Progress, event: QuestionEvent): Progress {
  switch (event.kind) {
    case "state":
      return toState(progress, event);
    case "overview":
      return { ...later(progress, "overview"), overview: event.region };
    case "examined":
      return toExamined(progress, event);
    case "selected":
      return { ...progress, evidence: withEvidence(progress.evidence, event.evidence) };
    case "writing":
      return { ...later(progress, "writing"), visualTokens: event.visual_tokens };
    case "text":
      return { ...later(progress, "writing"), text: progress.text + event.text };
    case "note":
      return toNote(progress, event);
    case "heartbeat":
      return progress;
    default:
      return toEnd(progress, event);
  }
}

/** Phases only go forward. */
function later(progress: Progress, phase: Phase): Progress {
  const isLater = ORDER.indexOf(phase) > ORDER.indexOf(progress.phase);
  return isLater ? { ...progress, phase } : progress;
}

type Of<Kind extends QuestionEvent["kind"]> = Extract<QuestionEvent, { kind: Kind }>;

function toState(progress: Progress, event: Of<"state">): Progress {
  const moved = later(progress, event.state as Phase);
  const step = event.step ?? 0;
  if (step <= moved.step) return { ...moved, ...queuePlace(event, moved) };
  return {
    ...moved,
    step,
    steps: event.steps ?? moved.steps,
    of: event.of ?? 0,
    examinedInStep: 0,
  };
}

function toExamined(progress: Progress, event: Of<"examined">): Progress {
  const isSame = event.step === progress.step;
  return {
    ...later(progress, "zooming"),
    examined: [...progress.examined, event.region],
    step: event.step,
    steps: event.steps,
    of: event.of,
    examinedInStep: isSame ? progress.examinedInStep + 1 : 1,
  };
}

/** A number stands for one region; the newest word on it counts. */
function withEvidence(
  known: readonly FoundEvidence[],
  found: FoundEvidence,
): readonly FoundEvidence[] {
  const others = known.filter((one) => one.number !== found.number);
  return [...others, found].sort((a, b) => a.number - b.number);
}

function toNote(progress: Progress, event: Of<"note">): Progress {
  const base = event.restarts
    ? { ...startProgress(progress.attempt), notes: progress.notes }
    : progress;
  const { code, message } = event;
  return { ...base, notes: [...base.notes, { code, message }] };
}

function toEnd(progress: Progress, event: Of<End>): Progress {
  const failure =
    event.kind === "failed"
      ? {
          code: event.code ?? "UNEXPECTED",
          message: event.message ?? "",
          retryable: event.retryable ?? false,
        }
      : null;
  // The text told with the end is whole, whatever was missed of it.
  const text = event.text || progress.text;
  return { ...progress, phase: event.kind, text, failure };
}
