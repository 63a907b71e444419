/** The layer of boxes: those of the answer, the person's own, and which is chosen. */

import Feature from "ol/Feature";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { type Point, smallestAround } from "../geometry/region";
import { type Box, polygonOf, stylesOf } from "./boxes";

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
        const box = feature.get("box") as Box;
        return stylesOf(box, box.number !== null && box.number === this.chosen);
      },
    });
  }

  show(boxes: readonly Box[]): void {
    this.boxes = boxes;
    this.source.clear(true);
    this.source.addFeatures(
      boxes.map((box) => new Feature({ geometry: polygonOf(box.region), box })),
    );
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
