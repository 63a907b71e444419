/** What a person is about to say of an answer; nothing here knows a server or a page. */

import type { Region, Review, ReviewRequest, Verdict } from "../api/types";

export interface Draft {
  verdict: Verdict | null;
  correctedAnswer: string;
  comment: string;
  /** Evidence numbers that are wrong, each with the regions that are right instead. */
  wrong: ReadonlyMap<number, readonly Region[]>;
  /** Regions that show the right answer and stand for no evidence number. */
  regions: readonly Region[];
}

/** What a region stands for: an evidence number, or the answer as a whole. */
export type Subject = number | null;

export const MOST_REGIONS = 20;
export const MOST_CHARACTERS = 4000;

export const EMPTY: Draft = {
  verdict: null,
  correctedAnswer: "",
  comment: "",
  wrong: new Map(),
  regions: [],
};

/** Changing one's mind starts from what one said last. */
export function draftOf(review: Review | undefined): Draft {
  if (!review) return EMPTY;
  const wrong = review.evidence.filter(({ verdict }) => verdict === "wrong");
  return {
    verdict: review.verdict,
    correctedAnswer: review.corrected_answer,
    comment: review.comment,
    wrong: new Map(wrong.map(({ number, regions }) => [number, regions])),
    regions: review.regions,
  };
}

export function toggleWrong(draft: Draft, number: number): Draft {
  const wrong = new Map(draft.wrong);
  if (!wrong.delete(number)) wrong.set(number, []);
  return { ...draft, wrong };
}

export function regionsFor(draft: Draft, subject: Subject): readonly Region[] {
  return subject === null ? draft.regions : (draft.wrong.get(subject) ?? []);
}

/** A region too many is left out. */
export function addRegion(draft: Draft, subject: Subject, region: Region): Draft {
  return withRegions(draft, subject, [...regionsFor(draft, subject), region]);
}

export function removeRegion(draft: Draft, subject: Subject, region: Region): Draft {
  const rest = regionsFor(draft, subject).filter((one) => one !== region);
  return withRegions(draft, subject, rest);
}

function withRegions(draft: Draft, subject: Subject, all: readonly Region[]): Draft {
  const regions = all.slice(0, MOST_REGIONS);
  if (subject === null) return { ...draft, regions };
  return { ...draft, wrong: new Map(draft.wrong).set(subject, regions) };
}

/** What is missing before it can be saved; empty when nothing is. */
export function faultOf(draft: Draft): string {
  return draft.verdict ? "" : "Choose right, partly, wrong or unusable first.";
}

/** A right answer has no correction, whatever was typed before. */
export function requestOf(draft: Draft, verdict: Verdict): ReviewRequest {
  const isRight = verdict === "right";
  const evidence = [...draft.wrong].sort(([a], [b]) => a - b);
  return {
    verdict,
    corrected_answer: isRight ? "" : draft.correctedAnswer.trim(),
    comment: draft.comment.trim(),
    evidence: evidence.map(([number, regions]) => ({
      number,
      verdict: "wrong",
      regions: [...regions],
    })),
    regions: isRight ? [] : [...draft.regions],
  };
}

/** Whether it differs from what was said last, by what would be sent. */
export function isChanged(draft: Draft, mine: Review | undefined): boolean {
  return wordsOf(draft) !== wordsOf(draftOf(mine));
}

function wordsOf(draft: Draft): string {
  const wrong = [...draft.wrong].sort(([a], [b]) => a - b);
  return JSON.stringify({ ...draft, wrong });
}
