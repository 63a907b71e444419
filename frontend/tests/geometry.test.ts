import { describe, expect, it } from "vitest";
import {
  clipped,
  fromCorners,
  fromExtent,
  smallestAround,
  toExtent,
  turned,
} from "../src/geometry/region";
import {
  magnificationAt,
  micrometresAcross,
  resolutionAt,
  scaleBar,
} from "../src/geometry/scale";

const slide = { width: 1000, height: 500 };

describe("a region", () => {
  it("is made of two corners in any order", () => {
    const made = fromCorners({ x: 30.2, y: 5 }, { x: 10.7, y: 40.1 });
    expect(made).toEqual({ x: 10, y: 5, width: 21, height: 36 });
  });

  it("is cut at the edges of the slide", () => {
    const inside = clipped({ x: -50, y: 400, width: 200, height: 300 }, slide);
    expect(inside).toEqual({ x: 0, y: 400, width: 150, height: 100 });
  });

  it("is none outside the slide or when too small to ask about", () => {
    expect(clipped({ x: 2000, y: 0, width: 50, height: 50 }, slide)).toBeNull();
    expect(clipped({ x: 990, y: 0, width: 50, height: 50 }, slide)).toBeNull();
    expect(clipped({ x: 0, y: 0, width: Number.NaN, height: 50 }, slide)).toBeNull();
  });

  it("survives the way into the viewer's coordinates and back", () => {
    const region = { x: 3, y: 7, width: 11, height: 13 };
    expect(toExtent(region)).toEqual([3, -20, 14, -7]);
    expect(fromExtent(toExtent(region))).toEqual(region);
  });
});

describe("a click on nested boxes", () => {
  const boxes = [
    { number: 1, region: { x: 0, y: 0, width: 100, height: 100 } },
    { number: 2, region: { x: 20, y: 20, width: 30, height: 30 } },
  ];

  it("means the innermost", () => {
    expect(smallestAround(boxes, { x: 25, y: 25 })?.number).toBe(2);
    expect(smallestAround(boxes, { x: 90, y: 90 })?.number).toBe(1);
    expect(smallestAround(boxes, { x: 200, y: 0 })).toBeNull();
  });
});

describe("a turn", () => {
  it("by a right angle takes right to down", () => {
    const { x, y } = turned({ x: 1, y: 0 }, 90);
    expect(x).toBeCloseTo(0);
    expect(y).toBeCloseTo(1);
  });
});

describe("the scale bar", () => {
  it("has 1, 2 or 5 times a power of ten", () => {
    for (const perPixel of [0.03, 0.0625, 0.25, 0.7, 1, 3.3, 12, 99]) {
      const { micrometres, width } = scaleBar(perPixel, 160);
      const leading = micrometres / 10 ** Math.floor(Math.log10(micrometres) + 1e-9);
      expect([1, 2, 5].map((n) => n.toFixed(6))).toContain(leading.toFixed(6));
      expect(width).toBeLessThanOrEqual(160);
      expect(width).toBeGreaterThan(160 / 2.6);
      expect(width * perPixel).toBeCloseTo(micrometres);
    }
  });

  it("needs both pixel sizes and guesses none", () => {
    expect(micrometresAcross({ mpp_x: null, mpp_y: null }, 0)).toBeNull();
    expect(micrometresAcross({ mpp_x: 0.25, mpp_y: null }, 0)).toBeNull();
  });

  it("follows the rotation where pixels are not square", () => {
    const slide = { mpp_x: 0.25, mpp_y: 0.5 };
    expect(micrometresAcross(slide, 0)).toBeCloseTo(0.25);
    expect(micrometresAcross(slide, Math.PI / 2)).toBeCloseTo(0.5);
  });
});

describe("magnification", () => {
  it("is native at level 0 and goes both ways", () => {
    expect(magnificationAt(1, 40)).toBe(40);
    expect(magnificationAt(resolutionAt(10, 40), 40)).toBe(10);
  });
});
