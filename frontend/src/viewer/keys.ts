/** What a key does while the viewer has the focus. */

import { PRESETS } from "../geometry/scale";

export type Command =
  | { do: "pan"; x: number; y: number; isPage: boolean }
  | { do: "zoom"; by: number }
  | { do: "preset"; magnification: number }
  | { do: "rotate"; degrees: number }
  | { do: "evidence"; step: 1 | -1 }
  | { do: "fit" | "hide" | "question" | "keys" | "region" | "cancel" | "measure" };

const PLAIN: Record<string, Command> = {
  "+": { do: "zoom", by: 1 },
  "=": { do: "zoom", by: 1 },
  "-": { do: "zoom", by: -1 },
  "0": { do: "fit" },
  ",": { do: "rotate", degrees: -15 },
  ".": { do: "rotate", degrees: 15 },
  n: { do: "evidence", step: 1 },
  p: { do: "evidence", step: -1 },
  h: { do: "hide" },
  q: { do: "question" },
  m: { do: "measure" },
  r: { do: "region" },
  "?": { do: "keys" },
  Escape: { do: "cancel" },
};

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">;

/** Null for keys that belong to the browser or to nobody. */
export function commandFor(event: Key): Command | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const arrow = ARROWS[event.key];
  if (arrow) return { do: "pan", x: arrow[0], y: arrow[1], isPage: event.shiftKey };
  const preset = /^[1-6]$/.test(event.key) ? PRESETS[Number(event.key) - 1] : undefined;
  if (preset) return { do: "preset", magnification: preset };
  return PLAIN[event.key] ?? null;
}

export const KEY_LIST: readonly (readonly [keys: string, what: string])[] = [
  ["← ↑ → ↓", "Move; with Shift a whole screen"],
  ["+ and −", "Zoom in, zoom out"],
  ["1 to 6", "1×, 2×, 4×, 10×, 20×, 40×"],
  ["0", "Fit the whole slide"],
  [", and .", "Rotate left, rotate right"],
  ["n and p", "Next, previous evidence"],
  ["h", "Hide the boxes while held"],
  ["r", "Draw a rectangle"],
  ["m", "Measure a length"],
  ["q", "Go to the question box"],
  ["Esc", "Stop drawing"],
  ["?", "This list"],
];
