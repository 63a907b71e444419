/** How boxes on the slide look: kinds differ by line and fill, not by colour alone. */

import type { FeatureLike } from "ol/Feature";
import LineString from "ol/geom/LineString";
import MultiPoint from "ol/geom/MultiPoint";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";
import type { Region } from "../api/types";
import { areaOf, toExtent } from "../geometry/region";

export type BoxKind = "examined" | "selected" | "user" | "corrected";

export interface Box {
  kind: BoxKind;
  region: Region;
  /** A box without one cannot be clicked. */
  number: number | null;
  /** Words at its corner where no number is. */
  label?: string;
}

// Dark and light side by side: one of them stands out on pink, on white and on black.
const DARK = "#10151b";
const LIGHT = "#ffffff";
const DIM = "rgba(16, 21, 27, 0.75)";
const CHOSEN = "#ffd60a";
const FONT = '600 13px system-ui, "Segoe UI", Arial, sans-serif';

export function polygonOf(region: Region): Polygon {
  const [left, bottom, right, top] = toExtent(region);
  const ring = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
    [left, top],
  ];
  return new Polygon([ring]);
}

export function stylesOf(box: Box, isChosen: boolean): Style[] {
  // A box that zooms into another one lies on top of it.
  const zIndex = isChosen ? 1 : -areaOf(box.region);
  const lines = isChosen ? chosenLines(zIndex) : linesOf(box.kind, zIndex);
  return [...lines, ...labelOf(box, isChosen)];
}

function linesOf(kind: BoxKind, zIndex: number): Style[] {
  if (kind === "examined") {
    return [line(DIM, 1, zIndex), line(LIGHT, 1, zIndex, [4, 4])];
  }
  const both = [line(DARK, 6, zIndex), line(LIGHT, 2.5, zIndex)];
  if (kind === "selected") return both;
  if (kind === "corrected") {
    return [line(DARK, 6, zIndex), line(LIGHT, 2.5, zIndex, [10, 6])];
  }
  const fill = new Fill({ color: "rgba(255, 255, 255, 0.22)" });
  return [new Style({ fill, zIndex }), ...both];
}

function chosenLines(zIndex: number): Style[] {
  return [line(DARK, 9, zIndex), line(CHOSEN, 5, zIndex), line(DARK, 1, zIndex)];
}

function line(
  color: string,
  width: number,
  zIndex: number,
  lineDash?: number[],
): Style {
  const dash = lineDash ? { lineDash } : {};
  return new Style({ stroke: new Stroke({ color, width, ...dash }), zIndex });
}

/** A line of known length; both of its ends are marked. */
export function lineStyles(): Style[] {
  const end = new Circle({
    radius: 4,
    fill: new Fill({ color: LIGHT }),
    stroke: new Stroke({ color: DARK, width: 2 }),
  });
  return [
    line(DARK, 6, 1),
    line(LIGHT, 2.5, 1),
    new Style({ image: end, zIndex: 1 }),
    new Style({ image: end, zIndex: 1, geometry: endsOf }),
  ];
}

function endsOf(feature: FeatureLike): MultiPoint | undefined {
  const geometry = feature.getGeometry();
  if (!(geometry instanceof LineString)) return undefined;
  return new MultiPoint(geometry.getCoordinates());
}

/** The number, or the words, at the box's upper left corner. */
function labelOf(box: Box, isChosen: boolean): Style[] {
  const words = box.number === null ? box.label : String(box.number);
  if (!words) return [];
  const [front, back] = isChosen ? [DARK, CHOSEN] : [LIGHT, DARK];
  const text = new Text({
    text: words,
    font: FONT,
    textAlign: "left",
    textBaseline: "bottom",
    padding: [3, 5, 2, 5],
    offsetX: 4,
    offsetY: -3,
    fill: new Fill({ color: front }),
    backgroundFill: new Fill({ color: back }),
    backgroundStroke: new Stroke({ color: front, width: 1.5 }),
  });
  // No line may cross out what is written.
  return [new Style({ text, zIndex: isChosen ? 3 : 2, geometry: upperLeft })];
}

function upperLeft(feature: FeatureLike): Point | undefined {
  const geometry = feature.getGeometry();
  if (!(geometry instanceof Polygon)) return undefined;
  return new Point(geometry.getFirstCoordinate());
}
