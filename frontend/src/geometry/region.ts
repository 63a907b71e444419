/** Rectangles in level-0 pixels, y downwards: the only ones stored or sent. */

import type { Region } from "../api/types";

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Smallest side, in level-0 pixels, that may be asked about. */
export const SMALLEST_SIDE = 16;

export function centerOf(region: Region): Point {
  return { x: region.x + region.width / 2, y: region.y + region.height / 2 };
}

export function contains(region: Region, point: Point): boolean {
  const { x, y, width, height } = region;
  return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
}

export function areaOf(region: Region): number {
  return region.width * region.height;
}

/** Two corners in any order, as whole pixels. */
export function fromCorners(a: Point, b: Point): Region {
  const x = Math.floor(Math.min(a.x, b.x));
  const y = Math.floor(Math.min(a.y, b.y));
  const width = Math.ceil(Math.max(a.x, b.x)) - x;
  return { x, y, width, height: Math.ceil(Math.max(a.y, b.y)) - y };
}

/** The part inside the slide; null when nothing is, or it is too small to ask about. */
export function clipped(region: Region, slide: Size): Region | null {
  const left = Math.max(0, Math.round(region.x));
  const top = Math.max(0, Math.round(region.y));
  const right = Math.min(slide.width, Math.round(region.x + region.width));
  const bottom = Math.min(slide.height, Math.round(region.y + region.height));
  const inside = { x: left, y: top, width: right - left, height: bottom - top };
  const side = Math.min(inside.width, inside.height);
  return side >= SMALLEST_SIDE ? inside : null;
}

/** Of those around the point the smallest: what lies on top of nested boxes. */
export function smallestAround<T extends { region: Region }>(
  boxes: readonly T[],
  point: Point,
): T | null {
  const around = boxes.filter((box) => contains(box.region, point));
  around.sort((a, b) => areaOf(a.region) - areaOf(b.region));
  return around[0] ?? null;
}

export function overlaps(a: Region, b: Region): boolean {
  const isBeside = a.x + a.width <= b.x || b.x + b.width <= a.x;
  const isAbove = a.y + a.height <= b.y || b.y + b.height <= a.y;
  return !isBeside && !isAbove;
}

/** OpenLayers counts y upwards; a slide lies below its x axis: [left, bottom, ...]. */
export function toExtent(region: Region): [number, number, number, number] {
  const { x, y, width, height } = region;
  return [x, -(y + height), x + width, -y];
}

export function fromExtent(extent: readonly number[]): Region {
  const [left = 0, bottom = 0, right = 0, top = 0] = extent;
  return fromCorners({ x: left, y: -top }, { x: right, y: -bottom });
}

/** Turned by so many degrees, clockwise as y points down. */
export function turned({ x, y }: Point, degrees: number): Point {
  const turn = (degrees * Math.PI) / 180;
  return {
    x: x * Math.cos(turn) - y * Math.sin(turn),
    y: x * Math.sin(turn) + y * Math.cos(turn),
  };
}
