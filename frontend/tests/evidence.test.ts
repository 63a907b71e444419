import { describe, expect, it } from "vitest";
import type { Question, Slide } from "../src/api/types";
import type { FoundEvidence } from "../src/events/event";
import { neighbour, nestedOrder } from "../src/evidence/nesting";
import { depthOf, descriptionOf, ruleOf, scoreOf } from "../src/evidence/words";
import { coverageSentence } from "../src/question/coverage";
import { startTimeline } from "../src/question/progress";
import { stylesOf } from "../src/viewer/boxes";
import { boxesOf } from "../src/workspace/boxes_of";

const region = { x: 1000, y: 2000, width: 512, height: 512 };

function evidence(number: number, parent: number | null = null): FoundEvidence {
  return {
    number,
    region,
    kind: "selected",
    rule: "novelty",
    score: 0.11234,
    resolution: "high",
    downsample: 2,
    magnification: 20,
    parent,
    attention: null,
  };
}

const known = { mpp_x: 0.5, mpp_y: 0.5 } as Slide;
const unknown = { mpp_x: null, mpp_y: null } as Slide;

describe("evidence in words", () => {
  it("says place and size in µm where they are known", () => {
    expect(descriptionOf(evidence(3), known)).toBe(
      "Evidence 3, selected, 20×, 256 × 256 µm, 500 µm from left, 1 mm from top",
    );
  });

  it("has no µm and no magnification where they are unknown", () => {
    const words = descriptionOf({ ...evidence(3), magnification: null }, unknown);
    expect(words).not.toMatch(/µm|mm|×,/);
    expect(depthOf({ ...evidence(3), magnification: null })).toBe("downsample 2");
  });

  it("never gives a reason", () => {
    for (const rule of ["dragonfly-v1", "novelty", "attention"]) {
      expect(ruleOf(rule).meaning).not.toMatch(/because|reason(?!ing)|why/i);
      expect(ruleOf(rule).name).not.toBe(rule);
    }
  });

  it("names the rule of a score, and shows one that is new as it is", () => {
    expect(scoreOf(evidence(1))).toBe("Novelty 0.112");
    expect(scoreOf({ ...evidence(1), rule: "attention" })).toBe(
      "Attention 0.112 × average",
    );
    expect(scoreOf({ ...evidence(1), rule: "later" })).toBe("later, score 0.112");
  });
});

describe("nested evidence", () => {
  it("follows the region that it zooms into", () => {
    const order = nestedOrder([
      evidence(1),
      evidence(2),
      evidence(3, 1),
      evidence(4, 3),
    ]);
    expect(order.map(({ evidence: one, depth }) => [one.number, depth])).toEqual([
      [1, 0],
      [3, 1],
      [4, 2],
      [2, 0],
    ]);
  });

  it("is all there although parents are missing or go round in a circle", () => {
    const order = nestedOrder([evidence(1, 2), evidence(2, 1), evidence(3, 99)]);
    expect(order.map(({ evidence: one }) => one.number).sort()).toEqual([1, 2, 3]);
  });

  it("is walked through forwards and backwards, round the ends", () => {
    const order = nestedOrder([evidence(1), evidence(2)]);
    expect(neighbour(order, null, 1)).toBe(1);
    expect(neighbour(order, null, -1)).toBe(2);
    expect(neighbour(order, 2, 1)).toBe(1);
    expect(neighbour([], 1, 1)).toBeNull();
  });
});

describe("boxes on the slide", () => {
  const other = { ...region, x: 0 };
  const progress = {
    ...startTimeline().progress,
    examined: [region, other],
    evidence: [evidence(1)],
  };

  it("show what was examined and chosen, once each, and what was asked about", () => {
    const question = { scope: "rectangle", region: other } as Question;
    const boxes = boxesOf(progress, question, null);
    expect(boxes.map(({ kind, number }) => [kind, number])).toEqual([
      ["user", null],
      ["examined", null],
      ["selected", 1],
    ]);
  });

  it("differ by their lines, not by colour alone", () => {
    const lines = (kind: "examined" | "selected") =>
      stylesOf({ kind, region, number: null }, false).map((style) => [
        style.getStroke()?.getWidth(),
        style.getStroke()?.getLineDash()?.length ?? 0,
      ]);
    expect(lines("examined").some(([, dashes]) => dashes)).toBe(true);
    expect(lines("selected").some(([, dashes]) => dashes)).toBe(false);
  });

  it("lie on top of the larger ones that they zoom into", () => {
    const z = (side: number) =>
      stylesOf(
        {
          kind: "selected",
          region: { x: 0, y: 0, width: side, height: side },
          number: 1,
        },
        false,
      )[0]?.getZIndex() ?? 0;
    expect(z(10)).toBeGreaterThan(z(100));
  });
});

describe("coverage", () => {
  it("is told from coarse to fine", () => {
    const coverage = [
      { downsample: 4, tissue_share: 0.09 },
      { downsample: 32, tissue_share: 1 },
    ];
    expect(coverageSentence(coverage, 40)).toBe(
      "Examined 100 % of the tissue at 1.25× or finer, 9 % at 10× or finer.",
    );
    expect(coverageSentence(coverage, null)).toContain("at downsample 4 or finer");
    expect(coverageSentence([], 40)).toBe("");
  });
});
