/** The view in the address: "#x=1200&y=800&d=4.5&r=15&q=<question>&e=3". */

export interface ViewPlace {
  /** Centre in level-0 pixels. */
  x: number;
  y: number;
  /** Level-0 pixels a screen pixel. */
  downsample: number;
  /** Degrees, clockwise. */
  rotation: number;
}

export interface Place {
  view: ViewPlace | null;
  question: string | null;
  evidence: number | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whatever makes no sense is left out, not guessed. */
export function readPlace(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const question = fields.get("q") ?? "";
  const evidence = number(fields, "e");
  return {
    view: readView(fields),
    question: UUID.test(question) ? question : null,
    evidence: evidence !== null && evidence >= 1 ? Math.round(evidence) : null,
  };
}

function readView(fields: URLSearchParams): ViewPlace | null {
  const x = number(fields, "x");
  const y = number(fields, "y");
  const downsample = number(fields, "d");
  if (x === null || y === null || downsample === null || downsample <= 0) return null;
  return { x, y, downsample, rotation: number(fields, "r") ?? 0 };
}

function number(fields: URLSearchParams, name: string): number | null {
  const text = fields.get(name);
  if (!text?.trim()) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

export function writePlace(place: Place): string {
  const fields = new URLSearchParams();
  if (place.view) {
    fields.set("x", shortest(place.view.x, 1));
    fields.set("y", shortest(place.view.y, 1));
    fields.set("d", shortest(place.view.downsample, 4));
    if (place.view.rotation) fields.set("r", shortest(place.view.rotation, 1));
  }
  if (place.question) fields.set("q", place.question);
  if (place.evidence) fields.set("e", String(place.evidence));
  return `#${fields}`;
}

function shortest(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
