/** The view in words, for the status line and for those who do not see the picture. */

import type { Slide } from "../api/types";
import { distance } from "../evidence/words";
import { magnification, significant } from "../geometry/format";
import type { ViewPlace } from "../geometry/permalink";
import { magnificationAt } from "../geometry/scale";

/** "10×", "60× (beyond the scan)", or "1:8" when the magnification is unknown. */
export function depthWords(place: ViewPlace, native: number | null): string {
  const isBeyond = place.downsample < 0.99;
  const beyond = isBeyond ? " (beyond the scan)" : "";
  if (native === null) return `1:${significant(place.downsample, 3)}${beyond}`;
  return magnification(magnificationAt(place.downsample, native)) + beyond;
}

export function rotationWords(place: ViewPlace): string {
  const degrees = ((Math.round(place.rotation) % 360) + 360) % 360;
  return degrees ? `rotated ${degrees}°` : "";
}

export function placeWords(place: ViewPlace, slide: Slide): string {
  const x = distance(Math.max(0, place.x), slide.mpp_x);
  const y = distance(Math.max(0, place.y), slide.mpp_y);
  return `${x} from left, ${y} from top`;
}

/** "Centre 12.4 mm from left, 5.1 mm from top. 10×, rotated 15°. 3 numbered boxes." */
export function viewSentence(place: ViewPlace, slide: Slide, boxes: number): string {
  const depth = [depthWords(place, slide.magnification), rotationWords(place)];
  const count = boxes === 1 ? "1 numbered box" : `${boxes} numbered boxes`;
  const seen = boxes ? ` ${count} in view.` : "";
  return `Centre ${placeWords(place, slide)}. ${depth.filter(Boolean).join(", ")}.${seen}`;
}
