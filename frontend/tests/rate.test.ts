import { describe, expect, it } from "vitest";
import { Rate } from "../src/upload/rate";

describe("the speed of an upload", () => {
  it("is unknown at first", () => {
    const rate = new Rate();
    rate.add(0, 0);
    expect(rate.bytesPerSecond).toBeNull();
    expect(rate.secondsLeft(100)).toBeNull();
  });

  it("counts the last seconds alone", () => {
    const rate = new Rate();
    for (let s = 0; s <= 20; s += 1) rate.add(s * 100, s * 1000);
    for (let s = 21; s <= 40; s += 1) rate.add(2000 + (s - 20) * 1000, s * 1000);
    expect(rate.bytesPerSecond).toBeCloseTo(1000);
    expect(rate.secondsLeft(5000)).toBeCloseTo(5);
  });

  it("forgets what was before a pause", () => {
    const rate = new Rate();
    rate.add(0, 0);
    rate.add(1000, 1000);
    rate.restart();
    expect(rate.bytesPerSecond).toBeNull();
  });
});
