import { describe, expect, it } from "vitest";
import { readPlace, writePlace } from "../src/geometry/permalink";

const QUESTION = "79e229b2-31a8-42ec-885f-e37eb358b7ce";

describe("a link to a place", () => {
  it("is read as it was written", () => {
    const place = {
      view: { x: 1200.5, y: 800, downsample: 4.5, rotation: -15 },
      question: QUESTION,
      evidence: 3,
    };
    expect(readPlace(writePlace(place))).toEqual(place);
  });

  it("keeps the view within a pixel and a tenth of a degree", () => {
    const view = { x: 33.333, y: 9.876, downsample: 0.123456, rotation: 33.333 };
    const read = readPlace(writePlace({ view, question: null, evidence: null })).view;
    expect(Math.abs((read?.x ?? 0) - view.x)).toBeLessThan(1);
    expect(Math.abs((read?.rotation ?? 0) - view.rotation)).toBeLessThan(0.1);
  });

  it("with nonsense shows the whole slide", () => {
    for (const hash of ["", "#", "#x=a&y=1&d=1", "#x=1&y=2&d=0", "#x=1&y=2&d=-3"]) {
      expect(readPlace(hash).view).toBeNull();
    }
    expect(readPlace("#q=<script>&e=-1")).toEqual({
      view: null,
      question: null,
      evidence: null,
    });
  });
});
