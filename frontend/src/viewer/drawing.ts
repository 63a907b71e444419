/** Drawing on the slide: a rectangle by dragging, a line by two clicks. */

import { always } from "ol/events/condition";
import LineString from "ol/geom/LineString";
import DragBox from "ol/interaction/DragBox";
import Draw from "ol/interaction/Draw";
import type Interaction from "ol/interaction/Interaction";
import type { Region, Slide } from "../api/types";
import { length, whole } from "../geometry/format";
import { fromExtent, type Point } from "../geometry/region";
import { lineStyles } from "./boxes";

export interface Line {
  start: Point;
  end: Point;
}

export function lengthOf({ start, end }: Line): number {
  return Math.hypot(end.x - start.x, end.y - start.y);
}

/** "1.25 mm (5 000 px)"; pixels alone where nobody knows how large one is. */
export function lengthWords(line: Line, slide: Pick<Slide, "mpp_x" | "mpp_y">): string {
  const pixels = `${whole(lengthOf(line))} px`;
  const { mpp_x, mpp_y } = slide;
  if (!mpp_x || !mpp_y) return `${pixels}; the pixel size is unknown`;
  const { start, end } = line;
  const across = (end.x - start.x) * mpp_x;
  return `${length(Math.hypot(across, (end.y - start.y) * mpp_y))} (${pixels})`;
}

export function rectangleDrawing(onDrawn: (region: Region) => void): Interaction {
  const drawing = new DragBox({ condition: always, className: "drawn-box" });
  drawing.on("boxend", () => onDrawn(fromExtent(drawing.getGeometry().getExtent())));
  return drawing;
}

/** The slide can still be dragged between the two clicks. */
export function lineDrawing(onDrawn: (line: Line) => void): Interaction {
  const drawing = new Draw({
    type: "LineString",
    maxPoints: 2,
    stopClick: true,
    style: lineStyles(),
  });
  drawing.on("drawend", ({ feature }) => {
    const geometry = feature.getGeometry();
    if (geometry instanceof LineString) onDrawn(lineOf(geometry));
  });
  return drawing;
}

function lineOf(geometry: LineString): Line {
  const [x0 = 0, y0 = 0] = geometry.getFirstCoordinate();
  const [x1 = 0, y1 = 0] = geometry.getLastCoordinate();
  return { start: { x: x0, y: -y0 }, end: { x: x1, y: -y1 } };
}

export function geometryOf({ start, end }: Line): LineString {
  return new LineString([
    [start.x, -start.y],
    [end.x, -end.y],
  ]);
}
