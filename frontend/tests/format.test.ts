import { describe, expect, it } from "vitest";
import type { Slide } from "../src/api/types";
import {
  ago,
  bytes,
  degrees,
  duration,
  formatWords,
  length,
  magnification,
  share,
  size,
  tissueArea,
} from "../src/geometry/format";

const unknown = { mpp_x: null, mpp_y: null };

describe("numbers for people", () => {
  it("name magnifications shortly", () => {
    expect([0.3125, 1.25, 10, 40].map(magnification)).toEqual([
      "0.31×",
      "1.25×",
      "10×",
      "40×",
    ]);
  });

  it("give lengths in µm, then in mm", () => {
    expect([0.5, 512, 1240, 25_000].map(length)).toEqual([
      "0.5 µm",
      "512 µm",
      "1.24 mm",
      "25 mm",
    ]);
  });

  it("give sizes in pixels when the pixel size is unknown", () => {
    const region = { x: 0, y: 0, width: 1024, height: 512 };
    expect(size(region, { mpp_x: 0.5, mpp_y: 0.5 })).toBe("512 × 256 µm");
    expect(size(region, unknown)).not.toContain("µm");
    expect(size(region, unknown)).toMatch(/^1.024 × 512 px$/);
  });

  it("know no tissue area without a pixel size", () => {
    const slide = { ...unknown, width: 10, height: 10, tissue_share: 0.5, notes: [] };
    expect(tissueArea(slide as unknown as Slide)).toBeNull();
    const known = { ...slide, mpp_x: 1, mpp_y: 1, width: 20_000, height: 20_000 };
    expect(tissueArea(known as unknown as Slide)).toBe("2 cm²");
    const blank = { ...known, notes: [{ code: "SLIDE_NO_TISSUE", message: "" }] };
    expect(tissueArea(blank as unknown as Slide)).toBeNull();
  });

  it("name a vendor only where it says more than the format", () => {
    const words = (format: string, vendor: string) => formatWords({ format, vendor });
    expect(words("Aperio SVS", "aperio")).toBe("Aperio SVS");
    expect(words("tiled TIFF", "generic-tiff")).toBe("tiled TIFF");
    expect(words("MIRAX", "3DHISTECH")).toBe("MIRAX, 3DHISTECH");
    expect(words("", "")).toBe("unknown");
  });

  it("count bytes as file managers do", () => {
    expect([999, 8_388_608, 3_100_000_000].map(bytes)).toEqual([
      "999 B",
      "8.4 MB",
      "3.1 GB",
    ]);
  });

  it("tell times", () => {
    expect([8, 125, 3780].map(duration)).toEqual(["8 s", "2 min 5 s", "1 h 3 min"]);
    const now = Date.parse("2026-01-02T12:00:00Z");
    expect(ago("2026-01-02T11:57:00Z", now)).toBe("3 min ago");
    expect(ago("2026-01-01T11:57:00Z", now)).toBe("yesterday");
  });

  it("never round a share to nothing or to all", () => {
    expect([0, 0.0004, 0.004, 0.09, 0.997, 1].map(share)).toEqual([
      "0 %",
      "less than 0.1 %",
      "0.4 %",
      "9 %",
      "more than 99 %",
      "100 %",
    ]);
  });

  it("turn angles into whole degrees from 0 to 359", () => {
    expect(degrees(-Math.PI / 2)).toBe(270);
    expect(degrees(2 * Math.PI)).toBe(0);
  });
});
