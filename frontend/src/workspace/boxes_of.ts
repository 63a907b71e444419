/** Which boxes lie on the slide for a question, its progress and a drawn rectangle. */

import type { Question, Region } from "../api/types";
import type { Progress } from "../question/progress";
import type { Draft } from "../review/draft";
import type { Box, BoxKind } from "../viewer/boxes";

export function boxesOf(
  progress: Progress | null,
  question: Question | null,
  drawn: Region | null,
  draft: Draft | null = null,
): Box[] {
  const asked = question?.scope === "rectangle" ? question.region : null;
  const own = [drawn, asked].filter((region) => region !== null);
  const numbered = (progress?.evidence ?? []).map(({ kind, region, number }) => ({
    kind: kindOf(kind),
    region,
    number,
  }));
  const taken = new Set(numbered.map(({ region }) => keyOf(region)));
  const examined = (progress?.examined ?? []).filter((one) => !taken.has(keyOf(one)));
  return [
    ...own.map((region) => ({ kind: "user" as const, region, number: null })),
    ...examined.map((region) => ({ kind: "examined" as const, region, number: null })),
    ...numbered,
    ...(draft ? corrected(draft) : []),
  ];
}

/** Where a person says that the evidence is instead. */
function corrected(draft: Draft): Box[] {
  const marked = (regions: readonly Region[], label: string): Box[] =>
    regions.map((region) => ({ kind: "corrected", region, number: null, label }));
  const wrong = [...draft.wrong].flatMap(([number, regions]) =>
    marked(regions, `for ${number}`),
  );
  const isRight = draft.verdict === "right";
  return [...wrong, ...(isRight ? [] : marked(draft.regions, "right place"))];
}

function kindOf(kind: string): BoxKind {
  return kind === "examined" || kind === "user" ? kind : "selected";
}

function keyOf({ x, y, width, height }: Region): string {
  return `${x},${y},${width},${height}`;
}
