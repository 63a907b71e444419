/** The worklist's cards on the page made like those of a newer page, one by one.

The server draws each card; nothing here knows what is on one, but for its slide and state.
 */

export interface Change {
  name: string;
  state: string;
}

const CARD = "li[data-slide]";

/**
 * Take over what differs; a card that did not change is left alone, and the focus stays.
 * @returns the slides that are new or in another state, and whether anything differed.
 */
export function takeOver(
  shown: Element,
  fresh: Element,
): { changes: Change[]; isChanged: boolean } {
  const list = shown.querySelector(".slides");
  const newer = fresh.querySelector(".slides");
  if (!list || !newer) return replaceAll(shown, fresh);
  const before = cardsOf(list);
  const cards = [...cardsOf(newer)];
  const wanted = cards.map(([id, card]) => newest(before.get(id), card));
  const isChanged = !isSameOrder(list, wanted);
  if (isChanged) put(list, wanted);
  const moved = cards.filter(([id, { dataset }]) => {
    return before.get(id)?.dataset.state !== dataset.state;
  });
  return { changes: moved.map(([, card]) => changeOf(card)), isChanged };
}

export function hasBusy(shown: Element): boolean {
  const busy = ["checking", "preparing"].map((state) => `[data-state=${state}]`);
  return shown.querySelector(busy.join()) !== null;
}

/** "biopsy.svs is ready." for a live region; empty when nobody waits for it. */
export function sentenceOf({ name, state }: Change): string {
  if (state.startsWith("ready")) return `${name} is ready.`;
  return state === "failed" ? `${name} could not be prepared.` : "";
}

function replaceAll(shown: Element, fresh: Element) {
  const isChanged = !isSame(shown, fresh);
  if (isChanged) shown.replaceChildren(...fresh.cloneNode(true).childNodes);
  return { changes: [], isChanged };
}

/** The old card itself where the new one says the same. */
function newest(old: HTMLElement | undefined, card: HTMLElement): HTMLElement {
  return old && isSame(old, card) ? old : (card.cloneNode(true) as HTMLElement);
}

function isSameOrder(list: Element, wanted: readonly Element[]): boolean {
  const { children } = list;
  return (
    children.length === wanted.length && wanted.every((one, at) => one === children[at])
  );
}

/** Whoever had the focus on a card has it there again. */
function put(list: Element, wanted: readonly HTMLElement[]): void {
  const focused = document.activeElement?.closest<HTMLElement>(CARD);
  list.replaceChildren(...wanted);
  const same = wanted.find((one) => focused && keyOf(one) === keyOf(focused));
  same?.querySelector("a")?.focus();
}

function cardsOf(list: Element): Map<string, HTMLElement> {
  const cards = [...list.querySelectorAll<HTMLElement>(CARD)];
  return new Map(cards.map((card) => [keyOf(card), card]));
}

function keyOf(card: HTMLElement): string {
  return card.dataset.slide ?? "";
}

function changeOf(card: HTMLElement): Change {
  const name = card.querySelector("h2")?.textContent?.trim() ?? "";
  return { name, state: card.dataset.state ?? "" };
}

function isSame(a: Element, b: Element): boolean {
  return a.innerHTML === b.innerHTML;
}
