/** Evidence in reading order: each region followed by those that zoom into it. */

import type { FoundEvidence } from "../events/event";

export interface Nested {
  evidence: FoundEvidence;
  depth: number;
}

/** A parent that is missing, or a circle of parents, makes a region a first one. */
export function nestedOrder(evidence: readonly FoundEvidence[]): Nested[] {
  const ordered: Nested[] = [];
  const seen = new Set<number>();
  const visit = (one: FoundEvidence, depth: number): void => {
    if (seen.has(one.number)) return;
    seen.add(one.number);
    ordered.push({ evidence: one, depth });
    for (const child of evidence) {
      if (child.parent === one.number) visit(child, depth + 1);
    }
  };
  const numbers = new Set(evidence.map((one) => one.number));
  for (const one of evidence) {
    if (one.parent === null || !numbers.has(one.parent)) visit(one, 0);
  }
  for (const one of evidence) visit(one, 0);
  return ordered;
}

/** The next or previous number in that order; starts at an end when none is chosen. */
export function neighbour(
  order: readonly Nested[],
  current: number | null,
  step: 1 | -1,
): number | null {
  if (!order.length) return null;
  const at = order.findIndex(({ evidence }) => evidence.number === current);
  const start = step > 0 ? 0 : order.length - 1;
  const next = at < 0 ? start : (at + step + order.length) % order.length;
  return order[next]?.evidence.number ?? null;
}
