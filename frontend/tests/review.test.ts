import { beforeEach, describe, expect, it, vi } from "vitest";
import { Client } from "../src/api/client";
import type { Review } from "../src/api/types";
import { ReviewDesk } from "../src/review/desk.svelte";
import {
  addRegion,
  draftOf,
  EMPTY,
  faultOf,
  isChanged,
  MOST_REGIONS,
  removeRegion,
  requestOf,
  toggleWrong,
} from "../src/review/draft";
import { decisionWords, wrongWords } from "../src/review/words";

const PLACE = { x: 10, y: 20, width: 100, height: 50 };
const MINE: Review = {
  id: "5b2c0a52-0d3a-4f43-9a0c-2f1f9b3d1a01",
  question: "5b2c0a52-0d3a-4f43-9a0c-2f1f9b3d1a02",
  slide: "5b2c0a52-0d3a-4f43-9a0c-2f1f9b3d1a03",
  reviewer: "alice",
  is_mine: true,
  version: 1,
  is_current: true,
  verdict: "partly",
  corrected_answer: "Four fragments.",
  evidence: [{ number: 3, verdict: "wrong", regions: [PLACE] }],
  regions: [],
  comment: "",
  state: "pending",
  decision_reason: "",
  example: null,
  created_at: "2026-01-02T03:04:05Z",
};
const THEIRS: Review = { ...MINE, id: "other", reviewer: "bob", is_mine: false };

describe("the draft of a review", () => {
  it("needs a verdict before it can be saved", () => {
    expect(faultOf(EMPTY)).toContain("right, partly, wrong or unusable");
    expect(faultOf({ ...EMPTY, verdict: "wrong" })).toBe("");
  });

  it("starts from what the same person said last", () => {
    const draft = draftOf(MINE);
    expect(draft.correctedAnswer).toBe("Four fragments.");
    expect(draft.wrong.get(3)).toEqual([PLACE]);
    expect(isChanged(draft, MINE)).toBe(false);
  });

  it("is changed by marking evidence, and not by marking and unmarking it", () => {
    const marked = toggleWrong(draftOf(MINE), 5);
    expect(isChanged(marked, MINE)).toBe(true);
    expect(isChanged(toggleWrong(marked, 5), MINE)).toBe(false);
  });

  it("keeps a corrected region with its evidence number", () => {
    const draft = addRegion(toggleWrong(EMPTY, 2), 2, PLACE);
    expect(draft.wrong.get(2)).toEqual([PLACE]);
    expect(draft.regions).toEqual([]);
    expect(removeRegion(draft, 2, PLACE).wrong.get(2)).toEqual([]);
  });

  it("takes no more regions than the server does", () => {
    let draft = EMPTY;
    for (let i = 0; i <= MOST_REGIONS; i += 1) draft = addRegion(draft, null, PLACE);
    expect(draft.regions).toHaveLength(MOST_REGIONS);
  });

  it("sends evidence in the order of its numbers, with its regions", () => {
    const draft = addRegion(toggleWrong(toggleWrong(EMPTY, 7), 2), 2, PLACE);
    expect(requestOf(draft, "wrong").evidence).toEqual([
      { number: 2, verdict: "wrong", regions: [PLACE] },
      { number: 7, verdict: "wrong", regions: [] },
    ]);
  });

  it("sends no correction of an answer that is right", () => {
    const draft = addRegion({ ...EMPTY, correctedAnswer: "No." }, null, PLACE);
    const request = requestOf(draft, "right");
    expect(request.corrected_answer).toBe("");
    expect(request.regions).toEqual([]);
  });
});

describe("words of reviews", () => {
  it("names the evidence that is wrong", () => {
    expect(wrongWords([])).toBe("");
    expect(wrongWords([2])).toBe("Evidence 2 marked wrong.");
    expect(wrongWords([2, 3, 5])).toBe("Evidence 2, 3 and 5 marked wrong.");
  });

  it("tells why an administrator did not take it", () => {
    const rejected: Review = {
      ...MINE,
      state: "rejected",
      decision_reason: "Too vague.",
    };
    expect(decisionWords(rejected)).toBe("Not taken as an example. Too vague.");
    expect(decisionWords(MINE)).toBe("");
  });
});

describe("the desk of reviews", () => {
  const send = vi.fn<typeof fetch>();
  const site = { root: "/", csrfToken: "token" };
  let desk: ReviewDesk;

  function answers(status: number, body: unknown): void {
    send.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }));
  }

  beforeEach(() => {
    send.mockReset();
    desk = new ReviewDesk(new Client(site, send), MINE.question);
  });

  it("begins with my own newest review and shows the others'", async () => {
    answers(200, { results: [THEIRS, MINE] });
    await desk.load();
    expect(desk.mine?.id).toBe(MINE.id);
    expect(desk.draft.verdict).toBe("partly");
  });

  it("does not overwrite what is being written when others' reviews come", async () => {
    desk.change({ comment: "half a sen" });
    answers(200, { results: [THEIRS, MINE] });
    await desk.load();
    expect(desk.draft.comment).toBe("half a sen");
    expect(desk.isChanged).toBe(true);
  });

  it("replaces my review alone when it is saved", async () => {
    answers(200, { results: [THEIRS, MINE] });
    await desk.load();
    desk.change({ verdict: "wrong" });
    answers(201, { ...MINE, id: "second", version: 2, verdict: "wrong" });
    expect(await desk.save()).toBe(true);
    expect(desk.reviews?.map(({ id }) => id)).toEqual(["second", "other"]);
    expect(desk.isChanged).toBe(false);
  });

  it("keeps what was written while a review was on its way", async () => {
    desk.change({ verdict: "wrong" });
    answers(201, { ...MINE, verdict: "wrong" });
    const saving = desk.save();
    desk.change({ comment: "one more thing" });
    await saving;
    expect(desk.draft.comment).toBe("one more thing");
    expect(desk.isChanged).toBe(true);
  });

  it("keeps the draft and says why when the server refuses it", async () => {
    desk.change({ verdict: "wrong", comment: "kept" });
    answers(400, { code: "REGION_OUTSIDE", detail: "A region lies outside." });
    expect(await desk.save()).toBe(false);
    expect(desk.problem?.code).toBe("REGION_OUTSIDE");
    expect(desk.draft.comment).toBe("kept");
    expect(desk.isSending).toBe(false);
  });

  it("sends nothing without a verdict", async () => {
    expect(await desk.save()).toBe(false);
    expect(send).not.toHaveBeenCalled();
  });
});
