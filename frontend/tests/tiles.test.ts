import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Client } from "../src/api/client";
import { Problem } from "../src/api/problem";
import type { Grid, TileToken } from "../src/api/types";
import { planeOf, stepChooser, tileAddress } from "../src/viewer/grid";
import { renewalWait, TileLease } from "../src/viewer/lease";
import { fetchTile } from "../src/viewer/tile_loader";

function step(z: number, downsample: number, stored: boolean): Grid["steps"][number] {
  const [width, height] = [2048 / downsample, 1024 / downsample];
  const [columns, rows] = [Math.ceil(width / 256), Math.ceil(height / 256)];
  return { z, downsample, width, height, columns, rows, stored };
}

const steps = [
  step(0, 8, false),
  step(1, 4, true),
  step(2, 2, false),
  step(3, 1, true),
];
const grid: Grid = { tile: 256, frames: 1, steps };

describe("the grid of tiles", () => {
  it("has its first tile at the upper left corner of the slide", () => {
    const { tileGrid } = planeOf(grid, { width: 2048, height: 1024 });
    expect(tileGrid.getTileCoordForCoordAndZ([10, -10], 3)).toEqual([3, 0, 0]);
    expect(tileGrid.getTileCoordForCoordAndZ([2047, -1023], 3)).toEqual([3, 7, 3]);
  });

  it("is asked for in steps that the file stores where the picture stays sharp", () => {
    const { tileGrid } = planeOf(grid, { width: 2048, height: 1024 });
    const choose = stepChooser(steps);
    const z = (resolution: number) => tileGrid.getZForResolution(resolution, choose);
    expect(z(1.2)).toBe(3);
    expect(z(1.9)).toBe(3);
    expect(z(2.5)).toBe(2);
    expect(z(3.7)).toBe(1);
    expect(z(4)).toBe(1);
    expect(z(6)).toBe(1);
    expect(z(30)).toBe(0);
  });

  it("is asked for finer on a screen with finer pixels", () => {
    const { tileGrid } = planeOf(grid, { width: 2048, height: 1024 });
    expect(tileGrid.getZForResolution(3.7, stepChooser(steps, 2))).toBe(2);
  });

  it("fills in an address", () => {
    expect(tileAddress("/p/tiles/t/{z}/{x}_{y}.jpg", 3, 7, 2)).toBe(
      "/p/tiles/t/3/7_2.jpg",
    );
  });
});

describe("a tile", () => {
  const never = new AbortController().signal;
  const waits = [0, 0, 0];
  const address = () => "/tile";
  const good = () => Promise.resolve(new Response("pixels"));

  it("comes after a fault that passes", async () => {
    const send = vi
      .fn()
      .mockRejectedValueOnce(new TypeError())
      .mockImplementation(good);
    const renew = vi.fn();
    const blob = await fetchTile({ address, renew, send, waits }, [0, 0, 0], never);
    expect(await blob.text()).toBe("pixels");
    expect(renew).not.toHaveBeenCalled();
  });

  it("is asked for again with a new lease after the old one ended", async () => {
    let isRenewed = false;
    const renew = async () => {
      isRenewed = true;
    };
    const send = async () => new Response("", { status: isRenewed ? 200 : 401 });
    const source = { address, renew, send, waits };
    await expect(fetchTile(source, [0, 0, 0], never)).resolves.toBeDefined();
  });

  it("is given up after some tries", async () => {
    const send = vi
      .fn()
      .mockImplementation(async () => new Response("", { status: 500 }));
    const source = { address, renew: vi.fn(), send, waits };
    await expect(fetchTile(source, [0, 0, 0], never)).rejects.toThrow();
    expect(send).toHaveBeenCalledTimes(3);
  });

  it("that nobody wants any more is not asked for again", async () => {
    const gone = new AbortController();
    const send = vi.fn().mockImplementation(async () => {
      gone.abort();
      throw new DOMException("gone", "AbortError");
    });
    const source = { address, renew: vi.fn(), send, waits };
    await expect(fetchTile(source, [0, 0, 0], gone.signal)).rejects.toThrow();
    expect(send).toHaveBeenCalledTimes(1);
  });
});

describe("the leave to see tiles", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => vi.useRealTimers());

  function token(): TileToken {
    const expires_at = new Date(Date.now() + 300_000).toISOString();
    return { url: "/tiles/t/{z}/{x}_{y}.jpg", expires_at, lease: "", grid };
  }

  it("is renewed a minute before its end, and the picture is not touched", async () => {
    const tileToken = vi.fn().mockImplementation(async () => token());
    const onToken = vi.fn();
    const client = { tileToken } as unknown as Client;
    const lease = new TileLease(client, "s", { onToken, onProblem: vi.fn() });
    await vi.advanceTimersByTimeAsync(239_000);
    expect(tileToken).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(tileToken).toHaveBeenCalledTimes(2);
    expect(onToken).toHaveBeenCalledTimes(1);
    lease.close();
  });

  it("is asked for once however many tiles fail", async () => {
    const tileToken = vi.fn().mockImplementation(async () => token());
    const client = { tileToken } as unknown as Client;
    const lease = new TileLease(client, "s", { onToken: vi.fn(), onProblem: vi.fn() });
    await vi.advanceTimersByTimeAsync(0);
    await Promise.all([lease.renew(), lease.renew(), lease.renew()]);
    expect(tileToken).toHaveBeenCalledTimes(2);
    lease.close();
  });

  it("is not asked for again by a stranger", async () => {
    const refused = new Problem(404, "NOT_FOUND", "There is nothing here.");
    const tileToken = vi.fn().mockRejectedValue(refused);
    const onProblem = vi.fn();
    const client = { tileToken } as unknown as Client;
    const lease = new TileLease(client, "s", { onToken: vi.fn(), onProblem });
    await vi.advanceTimersByTimeAsync(1000);
    await Promise.all([lease.renew(), lease.renew()]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tileToken).toHaveBeenCalledTimes(1);
    expect(onProblem).toHaveBeenCalledWith(refused);
    lease.close();
  });

  it("that is short is renewed half-way, and never all the time", () => {
    expect(renewalWait(new Date(60_000).toISOString(), 0)).toBe(30_000);
    expect(renewalWait(new Date(0).toISOString(), 60_000)).toBe(5000);
  });
});
