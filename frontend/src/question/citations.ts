/** An answer's text cut at its evidence numbers, "[3]"; everything else stays text. */

export type Segment =
  | { kind: "text"; text: string }
  | { kind: "citation"; text: string; number: number };

/** Only numbers of evidence that is there become links. */
export function segmentsOf(text: string, numbers: ReadonlySet<number>): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (const found of text.matchAll(/\[(\d{1,4})\]/g)) {
    const number = Number(found[1]);
    if (!numbers.has(number)) continue;
    if (found.index > from) push(segments, text.slice(from, found.index));
    segments.push({ kind: "citation", text: found[0], number });
    from = found.index + found[0].length;
  }
  if (from < text.length) push(segments, text.slice(from));
  return segments;
}

function push(segments: Segment[], text: string): void {
  segments.push({ kind: "text", text });
}

/** The sentences that are complete, for readers who hear the text. */
export function wholeSentences(text: string): string {
  const end = text.search(/[.!?](?=[^.!?]*$)/);
  return end < 0 ? "" : text.slice(0, end + 1);
}
