/** The honest words for where the model looked; nothing here says why. */

import type { Slide } from "../api/types";
import type { FoundEvidence } from "../events/event";
import { length, magnification, significant, size, whole } from "../geometry/format";

interface Rule {
  name: string;
  /** What the rule compares, for the title of the card's score. */
  meaning: string;
  /** What its number is called, after the name. */
  score: string;
}

const RULES: Record<string, Rule> = {
  "dragonfly-v1": {
    name: "Published selection",
    meaning:
      "Looks like the middle-sized crop around it. Compares picture with picture and " +
      "does not know the question.",
    score: ", similarity",
  },
  question: {
    name: "Fits the question",
    meaning:
      "Its features fit the words of the question, by a form that was fitted to " +
      "synthetic slides. Says where the model looked, not that the answer is there.",
    score: ", fit",
  },
  novelty: {
    name: "Novelty",
    meaning:
      "Looks unlike the other regions at this magnification and holds tissue. Does " +
      "not know the question.",
    score: "",
  },
  attention: {
    name: "Attention",
    meaning:
      "How much the words of the answer attended to it, relative to the average. " +
      "Describes reading, not reasoning.",
    score: "",
  },
};

export function ruleOf(code: string): Rule {
  return RULES[code] ?? { name: code, meaning: "", score: ", score" };
}

const KINDS: Record<string, string> = {
  examined: "Examined",
  selected: "Selected",
  user: "Your region",
  confirmed: "Confirmed",
};

export function kindOf(kind: string): string {
  return KINDS[kind] ?? kind;
}

/** "10×", or "downsample 8" when nobody knows the magnification. */
export function depthOf(evidence: FoundEvidence): string {
  if (evidence.magnification !== null) return magnification(evidence.magnification);
  return `downsample ${significant(evidence.downsample, 3)}`;
}

/** "Novelty 0.112", "Attention 1.8 × average": the rule and what it gave. */
export function scoreOf(evidence: FoundEvidence): string {
  const { name, score } = ruleOf(evidence.rule);
  const times = evidence.rule === "attention" ? " × average" : "";
  return `${name}${score} ${significant(evidence.score, 3)}${times}`;
}

/** "Evidence 3, selected, 20×, 512 × 512 µm, 12.4 mm from left, 5.1 mm from top". */
export function descriptionOf(evidence: FoundEvidence, slide: Slide): string {
  const { number, kind, region } = evidence;
  const place = [
    `${distance(region.x, slide.mpp_x)} from left`,
    `${distance(region.y, slide.mpp_y)} from top`,
  ];
  const what = [`Evidence ${number}`, kindOf(kind).toLowerCase(), depthOf(evidence)];
  return [...what, size(region, slide), ...place].join(", ");
}

export function distance(pixels: number, mpp: number | null): string {
  return mpp ? length(pixels * mpp) : `${whole(pixels)} px`;
}
