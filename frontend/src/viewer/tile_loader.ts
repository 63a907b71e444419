/** Fetches one tile, again if need be, and pads those that the slide's edge cuts. */

/** The lease or the access has ended; every other status may be a passing fault. */
const LEASE_ENDED: ReadonlySet<number> = new Set([401, 403, 404, 410]);
const WAITS_MS = [0, 500, 2000, 6000];

export interface TileSource {
  address: (z: number, x: number, y: number) => string;
  renew: () => Promise<void>;
  send?: typeof fetch;
  waits?: readonly number[];
}

/** @throws Error when the tile does not come after some tries. */
export async function fetchTile(
  source: TileSource,
  place: readonly [z: number, x: number, y: number],
  signal: AbortSignal,
): Promise<Blob> {
  for (const wait of source.waits ?? WAITS_MS) {
    if (wait) await pause(wait, signal);
    const blob = await tryOnce(source, place, signal);
    if (blob) return blob;
  }
  throw new Error("The tile did not come.");
}

async function tryOnce(
  source: TileSource,
  place: readonly [z: number, x: number, y: number],
  signal: AbortSignal,
): Promise<Blob | null> {
  const send = source.send ?? ((...args) => fetch(...args));
  try {
    const response = await send(source.address(...place), { signal });
    if (response.ok) return await response.blob();
    if (LEASE_ENDED.has(response.status)) await source.renew();
  } catch (error) {
    if (signal.aborted) throw error;
  }
  return null;
}

function pause(wait: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, wait);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** OpenLayers stretches a small tile over its whole cell, so fill the cell up. */
export async function toSquare(
  blob: Blob,
  side: number,
): Promise<ImageBitmap | HTMLCanvasElement> {
  const image = await createImageBitmap(blob);
  if (image.width === side && image.height === side) return image;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  image.close();
  return canvas;
}
