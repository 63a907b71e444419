/** What reviews are called on the page. */

import type { Review, Verdict } from "../api/types";

export const VERDICTS: readonly (readonly [Verdict, string])[] = [
  ["right", "Right"],
  ["partly", "Partly"],
  ["wrong", "Wrong"],
  ["unusable", "Unusable"],
];

const DECISIONS: Record<NonNullable<Review["state"]>, string> = {
  pending: "",
  accepted: "Accepted as an example by an administrator.",
  edited: "Accepted as an example with changes.",
  rejected: "Not taken as an example.",
};

export function verdictWords(verdict: Verdict): string {
  return VERDICTS.find(([code]) => code === verdict)?.[1] ?? verdict;
}

/** What an administrator decided; empty while nobody has. */
export function decisionWords(review: Review): string {
  const words = DECISIONS[review.state];
  return words && review.decision_reason ? `${words} ${review.decision_reason}` : words;
}

/** "Evidence 2 and 5 marked wrong." */
export function wrongWords(numbers: readonly number[]): string {
  if (!numbers.length) return "";
  const last = numbers.at(-1);
  const before = numbers.slice(0, -1).join(", ");
  return `Evidence ${before ? `${before} and ${last}` : last} marked wrong.`;
}

export function wrongNumbers(review: Review): number[] {
  const wrong = review.evidence.filter(({ verdict }) => verdict === "wrong");
  return wrong.map(({ number }) => number);
}
