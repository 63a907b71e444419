/** The slide on the screen: OpenLayers, told and asked in level-0 pixels. */

import { easeOut } from "ol/easing";
import { getCenter } from "ol/extent";
import { defaults as interactions } from "ol/interaction/defaults";
import type Interaction from "ol/interaction/Interaction";
import OlMap from "ol/Map";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import View from "ol/View";
import type { Region } from "../api/types";
import type { ViewPlace } from "../geometry/permalink";
import {
  centerOf,
  clipped,
  fromExtent,
  type Point,
  type Size,
  turned,
} from "../geometry/region";
import { BoxLayer } from "./box_layer";
import { type Line, lineDrawing, rectangleDrawing } from "./drawing";
import { type Plane, planeOf } from "./grid";
import { SlideTiles, type TileOptions } from "./tile_layer";

/** Screen pixels for each slide pixel at the deepest zoom. */
const DEEPEST = 4;
const MARGIN = 1.15;
const FLIGHT_MS = 500;
const STEP_MS = 150;
const PAN_SHARE = 0.15;
const PAGE_SHARE = 0.9;

export interface SlideMapOptions extends TileOptions {
  target: HTMLElement;
  slide: Size;
  onView: () => void;
  onClick: (number: number | null) => void;
  /** Null when it lies outside the slide, or is too small to ask about. */
  onRectangle: (region: Region | null) => void;
  onLine: (line: Line) => void;
}

export class SlideMap {
  readonly boxes = new BoxLayer();
  readonly tiles: SlideTiles;
  private readonly map: OlMap;
  private readonly view: View;
  private readonly plane: Plane;
  private drawing: Interaction | null = null;
  private aim: ViewPlace | null = null;

  constructor(private readonly options: SlideMapOptions) {
    const { grid, onView, slide, target } = options;
    this.plane = planeOf(grid, slide);
    this.tiles = new SlideTiles(this.plane, options);
    this.view = this.makeView();
    this.map = new OlMap({
      target,
      view: this.view,
      layers: [this.tiles.layer, this.boxes.layer],
      controls: [],
      // Keys are ours; a turn by two fingers is a surprise more often than a wish.
      interactions: interactions({ keyboard: false, pinchRotate: false }),
    });
    this.map.on("singleclick", (event) => this.onClick(event));
    this.map.on("pointermove", (event) => this.onPointer(event));
    this.view.on("propertychange", onView);
    this.map.on("change:size", onView);
  }

  private makeView(): View {
    const { width, height } = this.options.slide;
    return new View({
      projection: this.plane.projection,
      extent: this.plane.extent,
      constrainOnlyCenter: true,
      center: getCenter(this.plane.extent),
      resolution: 1,
      minResolution: 1 / DEEPEST,
      maxResolution: Math.max(width, height) / 100,
    });
  }

  close(): void {
    this.map.setTarget(undefined);
    this.map.dispose();
  }

  // Where it looks -------------------------------------------------------------------

  get place(): ViewPlace {
    const [x = 0, y = 0] = this.view.getCenter() ?? [];
    const rotation = (this.view.getRotation() * 180) / Math.PI;
    return { x, y: -y, downsample: this.resolution, rotation };
  }

  /** The part of the slide that is on the screen; null when it shows only glass. */
  get visible(): Region | null {
    const extent = this.view.calculateExtent(this.size);
    return clipped(fromExtent(extent), this.options.slide);
  }

  /** The four corners of the screen on the slide, clockwise. */
  get corners(): Point[] {
    const { x, y, downsample, rotation } = this.place;
    const [width, height] = this.size;
    const [right, down] = [(width / 2) * downsample, (height / 2) * downsample];
    const offsets = [
      { x: -right, y: -down },
      { x: right, y: -down },
      { x: right, y: down },
      { x: -right, y: down },
    ];
    return offsets.map((offset) => {
      const by = turned(offset, -rotation);
      return { x: x + by.x, y: y + by.y };
    });
  }

  goTo(place: ViewPlace): void {
    this.view.cancelAnimations();
    this.view.setRotation((place.rotation * Math.PI) / 180);
    this.view.setResolution(place.downsample);
    this.view.setCenter([place.x, -place.y]);
  }

  fit(isAtOnce = false): void {
    const duration = isAtOnce ? 0 : flight(2 * STEP_MS);
    this.view.fit(this.plane.extent, { padding: [16, 16, 16, 16], duration });
  }

  /** Fly to a region at a downsample, or a coarser one if it does not fit in. */
  flyTo(region: Region, downsample: number): void {
    const [width, height] = this.size;
    const whole = Math.max(region.width / width, region.height / height) * MARGIN;
    const to = { ...centerOf(region), downsample: Math.max(downsample, whole) };
    this.moveTo(to, FLIGHT_MS);
  }

  lookAt(point: Point): void {
    this.moveTo(point, STEP_MS);
  }

  /** By a part of the screen, or nearly all of it. */
  pan(x: number, y: number, isPage: boolean): void {
    const [width, height] = this.size;
    const from = this.aimed;
    const share = (isPage ? PAGE_SHARE : PAN_SHARE) * from.downsample;
    const by = turned({ x: x * width * share, y: y * height * share }, -from.rotation);
    this.lookAt({ x: from.x + by.x, y: from.y + by.y });
  }

  /** In by so many doublings. */
  zoom(by: number): void {
    this.zoomTo(this.aimed.downsample / 2 ** by);
  }

  zoomTo(downsample: number): void {
    this.moveTo({ downsample }, STEP_MS);
  }

  /** To an angle in degrees, clockwise. */
  turnTo(rotation: number): void {
    this.moveTo({ rotation }, STEP_MS);
  }

  turn(degrees: number): void {
    this.turnTo(this.aimed.rotation + degrees);
  }

  /** Where a movement under way will end: the next key goes on from there. */
  private get aimed(): ViewPlace {
    return (this.view.getAnimating() && this.aim) || this.place;
  }

  private moveTo(to: Partial<ViewPlace>, duration: number): void {
    const aim = { ...this.aimed, ...to };
    this.view.cancelAnimations();
    this.aim = aim;
    const lasts = flight(duration);
    if (!lasts) {
      this.goTo(aim);
      return;
    }
    this.view.animate({
      center: [aim.x, -aim.y],
      resolution: aim.downsample,
      rotation: (aim.rotation * Math.PI) / 180,
      duration: lasts,
      easing: easeOut,
    });
  }

  private get resolution(): number {
    return this.view.getResolution() ?? 1;
  }

  private get size(): [number, number] {
    const [width = 1, height = 1] = this.map.getSize() ?? [];
    return [Math.max(1, width), Math.max(1, height)];
  }

  // Pointer --------------------------------------------------------------------------

  private onClick(event: MapBrowserEvent): void {
    if (!this.drawing) this.options.onClick(this.numberAt(event));
  }

  private onPointer(event: MapBrowserEvent): void {
    const isOver = !event.dragging && this.numberAt(event) !== null;
    const cursor = this.drawing ? "crosshair" : isOver ? "pointer" : "";
    this.setCursor(cursor);
  }

  private setCursor(cursor: string): void {
    const viewport = this.map.getViewport();
    if (viewport) viewport.style.cursor = cursor;
  }

  private numberAt(event: MapBrowserEvent): number | null {
    const [x = 0, y = 0] = event.coordinate;
    return this.boxes.layer.getVisible() ? this.boxes.numberAt({ x, y: -y }) : null;
  }

  // Drawing --------------------------------------------------------------------------

  startDrawing(shape: "rectangle" | "line"): void {
    this.stopDrawing();
    const { onLine, onRectangle, slide } = this.options;
    this.drawing =
      shape === "line"
        ? lineDrawing(onLine)
        : rectangleDrawing((region) => onRectangle(clipped(region, slide)));
    this.map.addInteraction(this.drawing);
  }

  stopDrawing(): void {
    if (this.drawing) this.map.removeInteraction(this.drawing);
    this.drawing = null;
    this.setCursor("");
  }
}

/** No flight for those who asked their system for less motion. */
function flight(duration: number): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : duration;
}
