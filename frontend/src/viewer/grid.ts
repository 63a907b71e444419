/** The slide's own grid of tiles as OpenLayers wants it. */

import Projection from "ol/proj/Projection";
import TileGrid from "ol/tilegrid/TileGrid";
import type { Grid, GridStep } from "../api/types";
import type { Size } from "../geometry/region";

/** A coarser step may be enlarged so much before the finer one is asked for. */
const MOST_ENLARGED = 1.15;

export interface Plane {
  projection: Projection;
  extent: [number, number, number, number];
  tileGrid: TileGrid;
}

/** Level-0 pixels, x to the right and y upwards, so that the slide lies below 0. */
export function planeOf(grid: Grid, { width, height }: Size): Plane {
  const extent: Plane["extent"] = [0, -height, width, 0];
  const tileGrid = new TileGrid({
    origin: [0, 0],
    resolutions: grid.steps.map((step) => step.downsample),
    sizes: grid.steps.map((step) => [step.columns, step.rows]),
    tileSize: grid.tile,
  });
  const projection = new Projection({ code: "slide", units: "pixels", extent });
  return { projection, extent, tileGrid };
}

/**
 * Which of two neighbouring steps to ask for: positive for the coarser one.
 *
 * Steps that the file stores cost the server next to nothing, so a stored one is taken
 * unless the picture would become unsharp or more than four times the pixels travel.
 */
export function stepChooser(
  steps: readonly GridStep[],
  pixelRatio = 1,
): (wanted: number, coarse: number, fine: number) => number {
  const stored = new Set(
    steps.filter((step) => step.stored).map((step) => step.downsample),
  );
  return (wanted, coarse, fine) => {
    const target = wanted / pixelRatio;
    if (coarse / target > MOST_ENLARGED) return -1;
    const isFineCheaper = stored.has(fine) && !stored.has(coarse);
    return isFineCheaper && target / fine <= 2 ? -1 : 1;
  };
}

export function tileAddress(template: string, z: number, x: number, y: number): string {
  const values = { z, x, y };
  return template.replace(/\{([zxy])\}/g, (_, name: "z" | "x" | "y") =>
    String(values[name]),
  );
}
