import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasBusy, sentenceOf, takeOver } from "../src/worklist/cards";
import { LiveCards } from "../src/worklist/live";
import { FIRST_MS, Pace } from "../src/worklist/pace";

function card(id: string, state: string, words = ""): string {
  const link = `<h2><a href="#${id}">${id}.svs</a></h2>`;
  return `<li data-slide="${id}" data-state="${state}">${link}<p>${state}${words}</p></li>`;
}

function page(...cards: string[]): HTMLElement {
  const made = document.createElement("div");
  made.innerHTML = cards.length
    ? `<ul class="slides">${cards.join("")}</ul>`
    : "<p>No slides yet.</p>";
  return made;
}

function idsOf(shown: Element): (string | undefined)[] {
  const cards = [...shown.querySelectorAll<HTMLElement>("li")];
  return cards.map(({ dataset }) => dataset.slide);
}

describe("the worklist's cards", () => {
  let shown: HTMLElement;

  beforeEach(() => {
    shown = page(card("b", "preparing"), card("a", "ready"));
    document.body.replaceChildren(shown);
  });

  it("take over a new state and tell of it", () => {
    const { changes } = takeOver(shown, page(card("b", "ready"), card("a", "ready")));
    expect(changes).toEqual([{ name: "b.svs", state: "ready" }]);
    expect(shown.querySelector("[data-slide=b]")?.textContent).toContain("ready");
  });

  it("are left alone when nothing changed", () => {
    const before = [...shown.querySelectorAll("li")];
    const { isChanged } = takeOver(
      shown,
      page(card("b", "preparing"), card("a", "ready")),
    );
    expect(isChanged).toBe(false);
    expect([...shown.querySelectorAll("li")]).toEqual(before);
  });

  it("keep the focus on the card that is drawn anew", () => {
    shown.querySelector<HTMLElement>("[data-slide=b] a")?.focus();
    takeOver(shown, page(card("b", "ready"), card("a", "ready")));
    expect(document.activeElement?.textContent).toBe("b.svs");
  });

  it("come in the server's order, new ones first, and go when they are gone", () => {
    const fresh = [card("d", "checking"), card("c", "ready"), card("b", "preparing")];
    const { isChanged } = takeOver(shown, page(...fresh));
    expect(idsOf(shown)).toEqual(["d", "c", "b"]);
    expect(isChanged).toBe(true);
  });

  it("follow a new order of the same slides", () => {
    takeOver(shown, page(card("a", "ready"), card("b", "preparing")));
    expect(idsOf(shown)).toEqual(["a", "b"]);
  });

  it("appear where there were none", () => {
    shown = page();
    takeOver(shown, page(card("a", "checking")));
    expect(idsOf(shown)).toEqual(["a"]);
  });

  it("tell whether something is still being prepared", () => {
    expect(hasBusy(shown)).toBe(true);
    expect(hasBusy(page(card("a", "ready"), card("b", "failed")))).toBe(false);
  });
});

it("says aloud only what somebody waits for", () => {
  expect(sentenceOf({ name: "a", state: "ready_with_notes" })).toBe("a is ready.");
  expect(sentenceOf({ name: "a", state: "failed" })).toContain("could not");
  expect(sentenceOf({ name: "a", state: "preparing" })).toBe("");
});

describe("the pace of looking", () => {
  it("slows down while nothing changes, and is quick again when something does", () => {
    const pace = new Pace();
    for (let i = 0; i < 20; i += 1) pace.note("same", true);
    expect(pace.milliseconds).toBe(15_000);
    pace.note("changed", true);
    expect(pace.milliseconds).toBe(FIRST_MS);
  });

  it("is slow when nothing is being prepared", () => {
    const pace = new Pace();
    pace.note("same", false);
    expect(pace.milliseconds).toBeGreaterThanOrEqual(30_000);
  });

  it("leaves a server that does not answer in peace", () => {
    const pace = new Pace();
    for (let i = 0; i < 20; i += 1) pace.note("failed", true);
    expect(pace.milliseconds).toBe(120_000);
    pace.hurry();
    expect(pace.milliseconds).toBe(FIRST_MS);
  });
});

describe("looking at the worklist", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function watched(...states: string[]) {
    const shown = page(card("b", "preparing"));
    shown.id = "worklist";
    const load = vi.fn(async () => {
      const made = document.implementation.createHTMLDocument();
      const fresh = page(card("b", states.shift() ?? "ready"));
      fresh.id = "worklist";
      made.body.append(fresh);
      return made;
    });
    const said: string[] = [];
    const cards = new LiveCards({ shown, load, say: (words) => said.push(words) });
    return { cards, load, said, shown };
  }

  it("goes on until the slide is ready, and says so once", async () => {
    const { cards, said, shown } = watched("preparing", "ready", "ready");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(shown.textContent).toContain("ready");
    expect(said).toEqual(["b.svs is ready."]);
    cards.close();
  });

  it("is not put off by one call after the other", async () => {
    const { cards, load } = watched("preparing");
    for (let i = 0; i < 10; i += 1) {
      cards.hurry();
      await vi.advanceTimersByTimeAsync(FIRST_MS / 4);
    }
    expect(load).toHaveBeenCalled();
    cards.close();
  });

  it("ends with the page", async () => {
    const { cards, load } = watched();
    cards.close();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(load).not.toHaveBeenCalled();
  });
});
