/** Where a reviewer shows that the evidence should be: drawn, or taken from the view. */

import type { Region } from "../api/types";
import { size } from "../geometry/format";
import type { Subject } from "../review/draft";
import type { Bench } from "./bench.svelte";

const UNKNOWN = { mpp_x: null, mpp_y: null };

/** Draw it; then back to where that was asked for. */
export function drawRight(bench: Bench, subject: Subject): void {
  const from = bench.pane;
  bench.draw(`Drag a rectangle over ${placeOf(subject)}.`, (region) => {
    keepRight(bench, subject, region);
    bench.pane = from;
  });
}

export function useViewAsRight(bench: Bench, subject: Subject): void {
  const region = bench.viewer?.visible();
  if (region) keepRight(bench, subject, region);
  else bench.said = "The view shows only glass. Move to the slide first.";
}

function keepRight(bench: Bench, subject: Subject, region: Region): void {
  bench.desk?.addRegion(subject, region);
  bench.said = `Kept as ${placeOf(subject)}, ${size(region, bench.slide ?? UNKNOWN)}.`;
}

function placeOf(subject: Subject): string {
  return subject === null
    ? "the place that shows the right answer"
    : `the right place for evidence ${subject}`;
}
