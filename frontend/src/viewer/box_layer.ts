/** The layer of boxes, with the one that is chosen, and the line that is measured. */

import Feature from "ol/Feature";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { type Point, smallestAround } from "../geometry/region";
import { type Box, lineStyles, polygonOf, stylesOf } from "./boxes";
import { geometryOf, type Line } from "./drawing";

export class BoxLayer {
  readonly layer: VectorLayer<VectorSource>;
  private readonly source = new VectorSource();
  private boxes: readonly Box[] = [];
  private chosen: number | null = null;

  constructor() {
    this.layer = new VectorLayer({
      source: this.source,
      updateWhileAnimating: true,
      updateWhileInteracting: true,
      style: (feature) => {
        const box = feature.get("box") as Box | undefined;
        if (!box) return lineStyles();
        return stylesOf(box, box.number !== null && box.number === this.chosen);
      },
    });
  }

  show(boxes: readonly Box[], line: Line | null): void {
    this.boxes = boxes;
    this.source.clear(true);
    this.source.addFeatures(
      boxes.map((box) => new Feature({ geometry: polygonOf(box.region), box })),
    );
    if (line) this.source.addFeature(new Feature({ geometry: geometryOf(line) }));
  }

  choose(number: number | null): void {
    this.chosen = number;
    this.source.changed();
  }

  /** The number of the box at a point of the slide; the innermost of nested ones. */
  numberAt(point: Point): number | null {
    const numbered = this.boxes.filter((box) => box.number !== null);
    return smallestAround(numbered, point)?.number ?? null;
  }
}
