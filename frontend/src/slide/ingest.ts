/** The steps between the last byte of a slide and its first picture, in words. */

const STEPS: readonly (readonly [code: string, words: string])[] = [
  ["receive", "Collecting the files"],
  ["hash", "Computing the checksum"],
  ["unpack", "Putting the files in place"],
  ["deidentify", "Taking the label off"],
  ["open", "Reading the format"],
  ["thumbnail", "Making the small picture"],
  ["tissue", "Finding the tissue"],
];

export interface IngestStep {
  words: string;
  status: "done" | "now" | "open";
}

/** An unknown step is shown as the server names it, after all that are known. */
export function ingestSteps(step: string): IngestStep[] {
  const at = STEPS.findIndex(([code]) => code === step);
  const known: IngestStep[] = STEPS.map(([, words], index) => ({
    words,
    status: index < at ? "done" : index === at ? "now" : "open",
  }));
  return step && at < 0 ? [...known, { words: step, status: "now" }] : known;
}

/** "3 of 7: Computing the checksum". */
export function ingestWords(step: string): string {
  const at = STEPS.findIndex(([code]) => code === step);
  const words = STEPS[at]?.[1];
  if (words === undefined) return step || "Waiting to be checked";
  return `${at + 1} of ${STEPS.length}: ${words}`;
}
