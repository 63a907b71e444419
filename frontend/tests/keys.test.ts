import { describe, expect, it } from "vitest";
import { commandFor } from "../src/viewer/keys";

function key(name: string, held: Partial<KeyboardEvent> = {}) {
  const none = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
  return commandFor({ key: name, ...none, ...held } as KeyboardEvent);
}

describe("keys of the viewer", () => {
  it("choose the magnification", () => {
    expect(key("1")).toEqual({ do: "preset", magnification: 1 });
    expect(key("6")).toEqual({ do: "preset", magnification: 40 });
    expect(key("7")).toBeNull();
    expect(key("0")).toEqual({ do: "fit" });
  });

  it("move, and a screen at a time with Shift", () => {
    expect(key("ArrowDown")).toEqual({ do: "pan", x: 0, y: 1, isPage: false });
    expect(key("ArrowLeft", { shiftKey: true })).toMatchObject({ x: -1, isPage: true });
  });

  it("leave the browser's own alone", () => {
    for (const held of ["ctrlKey", "altKey", "metaKey"] as const) {
      expect(key("r", { [held]: true })).toBeNull();
    }
    expect(key("Tab")).toBeNull();
    expect(key("x")).toBeNull();
  });
});
