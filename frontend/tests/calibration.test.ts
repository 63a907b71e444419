import { describe, expect, it, vi } from "vitest";
import { Client } from "../src/api/client";
import type { Slide } from "../src/api/types";
import { Ruler } from "../src/calibration/ruler.svelte";
import { fileWords, pixelSizeWords, readNumber } from "../src/calibration/words";
import { geometryOf, lengthOf, lengthWords } from "../src/viewer/drawing";

const LINE = { start: { x: 100, y: 80 }, end: { x: 400, y: 480 } };
const BARE = { mpp_x: null, mpp_y: null, mpp_source: "unknown", calibration: null };
const CALIBRATION = {
  set_by: "alice",
  set_at: "2026-01-02T03:04:05Z",
  mpp_x: 0.5,
  mpp_y: 0.5,
  start: null,
  end: null,
  length_um: null,
  file_mpp_x: 0.25,
  file_mpp_y: 0.25,
  file_mpp_source: "file",
} as const;
const SET = { mpp_x: 0.5, mpp_y: 0.5, mpp_source: "person", calibration: CALIBRATION };
type Known = Parameters<typeof pixelSizeWords>[0];

describe("words for a pixel's size", () => {
  it("says that it is unknown, and guesses nothing", () => {
    expect(pixelSizeWords(BARE as Known)).toBe("unknown");
  });

  it("names the person who set it, and what the file says", () => {
    expect(pixelSizeWords(SET as Known)).toBe("0.5 µm/px, set by alice");
    expect(fileWords(SET as Known)).toContain("The file says 0.25 µm/px.");
  });

  it("shows both sizes of a pixel that is no square", () => {
    const oblong = { ...BARE, mpp_x: 0.25, mpp_y: 0.5, mpp_source: "file" };
    expect(pixelSizeWords(oblong as Known)).toBe(
      "0.25 × 0.5 µm/px, stated in the file",
    );
  });
});

it("reads a number with a point or a comma, and nothing that is none", () => {
  expect(readNumber(" 0,25 ")).toBe(0.25);
  expect(readNumber("500")).toBe(500);
  for (const text of ["", " ", "0", "-1", "1e999", "half"]) {
    expect(readNumber(text)).toBeNull();
  }
});

it("measures a line in level-0 pixels and draws it where it is", () => {
  expect(lengthOf(LINE)).toBe(500);
  expect(geometryOf(LINE).getCoordinates()).toEqual([
    [100, -80],
    [400, -480],
  ]);
});

it("tells a length in micrometres only where a pixel's size is known", () => {
  expect(lengthWords(LINE, { mpp_x: null, mpp_y: null })).toBe(
    "500 px; the pixel size is unknown",
  );
  expect(lengthWords(LINE, { mpp_x: 0.5, mpp_y: 0.5 })).toBe("250 µm (500 px)");
  expect(lengthWords(LINE, { mpp_x: 1, mpp_y: 0 })).toContain("unknown");
});

describe("the ruler", () => {
  const slide = { id: "1", ...SET } as unknown as Slide;

  function ruler(status: number, body: unknown) {
    const send = vi.fn<typeof fetch>(
      async () => new Response(JSON.stringify(body), { status }),
    );
    const onSlide = vi.fn<(slide: Slide) => void>();
    const client = new Client({ root: "/", csrfToken: "" }, send);
    return { ruler: new Ruler(client, "1", onSlide), send, onSlide };
  }

  it("sends the ends of the line and its length, then forgets the line", async () => {
    const { ruler: one, send, onSlide } = ruler(200, slide);
    one.line = LINE;
    expect(await one.byLine(250)).toBe(true);
    expect(send.mock.calls[0]?.[0]).toBe("/api/v1/slides/1/calibration");
    expect(JSON.parse(String(send.mock.calls[0]?.[1]?.body))).toEqual({
      ...LINE,
      length_um: 250,
    });
    expect(onSlide).toHaveBeenCalledWith(slide);
    expect(one.line).toBeNull();
  });

  it("sends nothing without a line", async () => {
    const { ruler: one, send } = ruler(200, slide);
    expect(await one.byLine(250)).toBe(false);
    expect(send).not.toHaveBeenCalled();
  });

  it("keeps the line when the server refuses it", async () => {
    const refusal = { code: "CALIBRATION_LINE", detail: "The line is too short." };
    const { ruler: one, onSlide } = ruler(400, refusal);
    one.line = LINE;
    expect(await one.byLine(1)).toBe(false);
    expect(one.problem?.code).toBe("CALIBRATION_LINE");
    expect(one.line).toEqual(LINE);
    expect(onSlide).not.toHaveBeenCalled();
  });

  it("takes it back by deleting it", async () => {
    const { ruler: one, send } = ruler(200, slide);
    await one.takeBack();
    expect(send.mock.calls[0]?.[1]?.method).toBe("DELETE");
  });
});
