/** Magnification and the scale bar. Nothing here guesses a pixel size. */

import type { Slide } from "../api/types";

export const PRESETS = [1, 2, 4, 10, 20, 40] as const;

export interface ScaleBar {
  micrometres: number;
  /** Width on the screen in CSS pixels. */
  width: number;
}

type PixelSize = Pick<Slide, "mpp_x" | "mpp_y">;

/** µm that one level-0 pixel covers along the screen's horizontal; null if unknown. */
export function micrometresAcross(slide: PixelSize, rotation: number): number | null {
  const { mpp_x: x, mpp_y: y } = slide;
  if (!x || !y) return null;
  return Math.hypot(x * Math.cos(rotation), y * Math.sin(rotation));
}

/** The longest bar of 1, 2 or 5 times a power of ten that fits. */
export function scaleBar(umPerScreenPixel: number, longest: number): ScaleBar {
  const most = umPerScreenPixel * longest;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find((factor) => factor * power <= most) ?? 1;
  const micrometres = step * power;
  return { micrometres, width: micrometres / umPerScreenPixel };
}

/** Level-0 pixels a screen pixel at which the slide appears magnified so. */
export function resolutionAt(magnification: number, native: number): number {
  return native / magnification;
}

export function magnificationAt(resolution: number, native: number): number {
  return native / resolution;
}
