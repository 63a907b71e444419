/** The layer of the slide's tiles, which ask again when they do not come. */

import TileLayer from "ol/layer/Tile";
import ImageTile from "ol/source/ImageTile";
import type { Grid } from "../api/types";
import { type Plane, stepChooser, tileAddress } from "./grid";
import { fetchTile, toSquare } from "./tile_loader";

export interface TileOptions {
  grid: Grid;
  /** Address of the tiles with {z}, {x} and {y}; asked anew for each tile. */
  tiles: () => string;
  renew: () => Promise<void>;
  onFailedTiles: (count: number) => void;
}

export class SlideTiles {
  readonly layer: TileLayer<ImageTile>;
  private readonly source: ImageTile;
  private failed = 0;

  constructor(
    plane: Plane,
    private readonly options: TileOptions,
  ) {
    const { grid } = options;
    this.source = new ImageTile({
      projection: plane.projection,
      tileGrid: plane.tileGrid,
      tileSize: grid.tile,
      wrapX: false,
      transition: 0,
      zDirection: stepChooser(grid.steps, globalThis.devicePixelRatio),
      loader: (z, x, y, { signal }) => this.load([z, x, y], signal),
    });
    this.layer = new TileLayer({ source: this.source, extent: plane.extent });
  }

  /** Load again what did not come. */
  retry(): void {
    this.failed = 0;
    this.options.onFailedTiles(0);
    this.source.refresh();
  }

  private async load(place: [number, number, number], signal: AbortSignal) {
    const { grid, onFailedTiles, renew, tiles } = this.options;
    const address = (z: number, x: number, y: number) => tileAddress(tiles(), z, x, y);
    try {
      const blob = await fetchTile({ address, renew }, place, signal);
      return await toSquare(blob, grid.tile);
    } catch (error) {
      if (!signal.aborted) onFailedTiles(++this.failed);
      throw error;
    }
  }
}
