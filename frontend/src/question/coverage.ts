/** What share of the tissue was looked at, in words. */

import type { Coverage } from "../api/types";
import { magnification, share, significant } from "../geometry/format";

/** "Examined 100 % of the tissue at 1.25× or finer, 9 % at 10× or finer." */
export function coverageSentence(
  coverage: readonly Coverage[],
  native: number | null,
): string {
  const steps = [...coverage].sort((a, b) => b.downsample - a.downsample);
  if (!steps.length) return "";
  const parts = steps.map((step, index) => {
    const tissue = index ? "" : " of the tissue";
    return `${share(step.tissue_share)}${tissue} at ${depth(step.downsample, native)}`;
  });
  return `Examined ${parts.join(", ")}.`;
}

function depth(downsample: number, native: number | null): string {
  if (native) return `${magnification(native / downsample)} or finer`;
  return `downsample ${significant(downsample, 3)} or finer`;
}
