import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { compareIds, readEvent } from "../src/events/event";
import { type Connection, EventSocket, waitSeconds } from "../src/events/socket";

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  isClosed = false;

  constructor(readonly address: string) {
    FakeSocket.all.push(this);
  }

  close(): void {
    this.isClosed = true;
  }
}

let states: Connection[] = [];
let frames: string[] = [];
let lastId = "0";

function open(): EventSocket {
  return new EventSocket({
    address: "ws://site/ws/questions/1",
    lastId: () => lastId,
    onFrame: (text) => frames.push(text),
    onConnection: (state) => states.push(state),
    open: (address) => new FakeSocket(address) as unknown as WebSocket,
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  [states, frames, lastId] = [[], [], "0"];
});
afterEach(() => vi.useRealTimers());

describe("a socket", () => {
  it("goes on after the last event when it was cut", () => {
    open();
    FakeSocket.all[0]?.onopen?.();
    lastId = "70-2";
    FakeSocket.all[0]?.onclose?.({ code: 1006 });
    expect(states.at(-1)).toBe("lost");
    vi.advanceTimersByTime(20_000);
    expect(FakeSocket.all[1]?.address).toContain("?after=70-2");
  });

  it("stays closed after the end and after a no", () => {
    for (const code of [1000, 4403, 4404]) {
      FakeSocket.all = [];
      open();
      FakeSocket.all[0]?.onclose?.({ code });
      vi.advanceTimersByTime(60_000);
      expect(FakeSocket.all).toHaveLength(1);
      expect(states.at(-1)).toBe("closed");
    }
  });

  it("does not wait when it is told to hurry", () => {
    const socket = open();
    for (let i = 0; i < 6; i += 1) {
      FakeSocket.all.at(-1)?.onclose?.({ code: 1006 });
      socket.hurry();
    }
    expect(FakeSocket.all).toHaveLength(7);
  });

  it("never comes back once it was closed here", () => {
    const socket = open();
    socket.close();
    FakeSocket.all[0]?.onclose?.({ code: 1006 });
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("waits longer each time, up to a limit, and not as long as all others", () => {
    const waits = [0, 1, 2, 3, 10, 20].map((n) => waitSeconds(n, 0.5));
    expect(waits).toEqual([0.5, 1, 2, 4, 15, 15]);
    expect(waitSeconds(3, 0)).not.toBe(waitSeconds(3, 1));
  });
});

describe("events", () => {
  it("are read from frames, and other frames are left", () => {
    expect(readEvent('{"kind":"text","text":"a"}')).toEqual({
      kind: "text",
      text: "a",
    });
    for (const text of ["", "null", "7", "{}", "<html>"]) {
      expect(readEvent(text)).toBeNull();
    }
  });

  it("are ordered by time, then by number, whatever their length", () => {
    const ids = ["10-0", "9-5", "10-12", "10-2", "0-1"].sort(compareIds);
    expect(ids).toEqual(["0-1", "9-5", "10-0", "10-2", "10-12"]);
    expect(compareIds("1795406741631999999-0", "1795406741631999998-9")).toBe(1);
  });
});
