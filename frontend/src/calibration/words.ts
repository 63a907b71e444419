/** Where a slide's pixel size comes from, in words; and a number as people type it. */

import type { Slide } from "../api/types";
import { clock, significant } from "../geometry/format";

const SOURCES: Record<string, string> = {
  file: "stated in the file",
  objective: "guessed from the objective",
  "resolution tag": "from the file's resolution tag",
};

type Known = Pick<Slide, "mpp_x" | "mpp_y" | "mpp_source" | "calibration">;

/** "0.5 µm/px, set by alice", "0.499 × 0.502 µm/px, stated in the file", "unknown". */
export function pixelSizeWords(slide: Known): string {
  const size = sizeWords(slide.mpp_x, slide.mpp_y);
  if (!size) return "unknown";
  const { calibration, mpp_source } = slide;
  const source = calibration
    ? `set by ${calibration.set_by}`
    : (SOURCES[mpp_source] ?? mpp_source);
  return source ? `${size}, ${source}` : size;
}

/** What the file itself says, where a person has set another size. */
export function fileWords(slide: Known): string {
  const { calibration } = slide;
  if (!calibration) return "";
  const size = sizeWords(calibration.file_mpp_x, calibration.file_mpp_y);
  const when = clock(calibration.set_at);
  const file = size ? `The file says ${size}.` : "The file does not say it.";
  return `Set by ${calibration.set_by} at ${when}. ${file}`;
}

function sizeWords(x: number | null, y: number | null): string {
  if (!x || !y) return "";
  const both =
    x === y ? significant(x, 4) : `${significant(x, 4)} × ${significant(y, 4)}`;
  return `${both} µm/px`;
}

/** A positive number with a point or a comma; null for anything else. */
export function readNumber(text: string): number | null {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() && Number.isFinite(value) && value > 0 ? value : null;
}
