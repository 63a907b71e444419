/** What a question is about, in words. */

import type { Region, Scope, Slide } from "../api/types";
import { size, tissueArea } from "../geometry/format";

/** "Whole slide, 1.4 cm² of tissue", "Rectangle, 512 × 512 µm". */
export function scopeWords(scope: Scope, region: Region | null, slide: Slide): string {
  if (scope === "slide") {
    const tissue = tissueArea(slide);
    return tissue ? `Whole slide, ${tissue} of tissue` : "Whole slide";
  }
  const name = scope === "view" ? "Current view" : "Rectangle";
  return region ? `${name}, ${size(region, slide)}` : name;
}
