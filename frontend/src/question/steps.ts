/** The progress of an answer as an ordered list of steps with their counts. */

import { duration } from "../geometry/format";
import { hasEnded, type Phase, type Progress } from "./progress";

export interface Step {
  name: string;
  detail: string;
  status: "done" | "now" | "open" | "cut off";
}

const PHASES = ["queued", "overview", "zooming", "writing"] as const;
type Working = (typeof PHASES)[number];

export function stepsOf(progress: Progress): Step[] {
  const reached = reachedPhase(progress);
  return PHASES.map((phase, index) => ({
    name: NAMES[phase],
    detail: index <= reached ? DETAILS[phase](progress) : "",
    status: statusOf(progress.phase, index, reached),
  }));
}

function statusOf(phase: Phase, index: number, reached: number): Step["status"] {
  if (phase === "answered" || index < reached) return "done";
  if (index > reached) return "open";
  return hasEnded(phase) ? "cut off" : "now";
}

/** After the end only what was told says how far it came. */
function reachedPhase(progress: Progress): number {
  const { phase } = progress;
  if (!hasEnded(phase)) return PHASES.indexOf(phase);
  if (progress.text || progress.visualTokens !== null) return 3;
  if (progress.examined.length || progress.step) return 2;
  return progress.overview ? 1 : 0;
}

const NAMES: Record<Working, string> = {
  queued: "Waiting for a model",
  overview: "Overview",
  zooming: "Zooming in",
  writing: "Writing",
};

const DETAILS: Record<Working, (progress: Progress) => string> = {
  queued: queueWords,
  overview: (progress) =>
    progress.overview ? "the whole region was seen once" : "seeing the whole region",
  zooming: zoomWords,
  writing: writingWords,
};

export function queueWords(progress: Progress): string {
  if (progress.phase !== "queued") return "";
  const { place, etaSeconds } = progress;
  const place_ = place === null ? "" : place === 1 ? "next in line" : `place ${place}`;
  const eta = etaSeconds === null ? "" : `about ${duration(etaSeconds)}`;
  return [place_, eta].filter(Boolean).join(", ");
}

function zoomWords(progress: Progress): string {
  const { step, steps, of, examinedInStep, examined, evidence } = progress;
  const counts = [];
  if (progress.phase === "zooming" && steps) {
    counts.push(`step ${step} of ${steps}`);
    if (of) counts.push(`region ${Math.min(examinedInStep, of)} of ${of}`);
  } else if (examined.length) {
    counts.push(regions(examined.length, "examined"));
  }
  if (evidence.length) counts.push(`${evidence.length} numbered`);
  return counts.join(", ");
}

function writingWords(progress: Progress): string {
  const { visualTokens, text } = progress;
  const words = text.split(/\s+/).filter(Boolean).length;
  if (words) return words === 1 ? "1 word" : `${words} words`;
  return visualTokens ? `reading ${visualTokens} visual tokens` : "";
}

function regions(count: number, what: string): string {
  return `${count} ${count === 1 ? "region" : "regions"} ${what}`;
}

/** One sentence for a live region. */
export function sentenceOf(progress: Progress): string {
  const { phase, evidence } = progress;
  switch (phase) {
    case "answered":
      return `Answer ready, ${regions(evidence.length, "numbered")}.`;
    case "stopped":
      return "Stopped. What was written is kept.";
    case "failed":
      return `There is no answer. ${progress.failure?.message ?? ""}`.trim();
    case "queued":
      return `Waiting${progress.place ? `, place ${progress.place}` : ""}.`;
    default:
      return `${NAMES[phase]}${detailAfter(DETAILS[phase](progress))}.`;
  }
}

function detailAfter(detail: string): string {
  return detail ? `: ${detail}` : "";
}
