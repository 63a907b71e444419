import { describe, expect, it } from "vitest";
import type { QuestionEvent } from "../src/events/event";
import {
  addEvent,
  type Progress,
  startTimeline,
  type Timeline,
} from "../src/question/progress";

const region = { x: 0, y: 0, width: 100, height: 100 };

function evidence(number: number) {
  return {
    number,
    region,
    kind: "selected",
    rule: "novelty",
    score: 0.5,
    resolution: "high",
    downsample: 1,
    magnification: 20,
    parent: null,
    attention: null,
  };
}

const WHOLE: QuestionEvent[] = [
  { id: "10-0", attempt: 1, kind: "state", state: "queued", place: 2 },
  { id: "20-0", attempt: 1, kind: "state", state: "overview" },
  { id: "30-0", attempt: 1, kind: "overview", region },
  { id: "40-0", attempt: 1, kind: "examined", region, step: 1, steps: 2, of: 2 },
  { id: "40-1", attempt: 1, kind: "examined", region, step: 1, steps: 2, of: 2 },
  { id: "50-0", attempt: 1, kind: "selected", evidence: evidence(1) },
  { id: "60-0", attempt: 1, kind: "writing", visual_tokens: 999 },
  { id: "70-0", attempt: 1, kind: "text", text: "No " },
  { id: "70-1", attempt: 1, kind: "text", text: "necrosis " },
  { id: "9-0", attempt: 1, kind: "text", text: "" },
  { id: "70-2", attempt: 1, kind: "text", text: "[1]." },
];
const END: QuestionEvent = { id: "80-0", attempt: 1, kind: "answered", text: "" };

function fold(events: readonly QuestionEvent[], start = startTimeline()): Timeline {
  return events.reduce(addEvent, start);
}

function progressOf(events: readonly QuestionEvent[]): Progress {
  return fold(events).progress;
}

/** The same shuffle for a seed, so that a failure can be repeated. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

describe("the events of a question", () => {
  it("add up to its progress", () => {
    const progress = progressOf(WHOLE);
    expect(progress.phase).toBe("writing");
    expect(progress.text).toBe("No necrosis [1].");
    expect(progress.examinedInStep).toBe(2);
    expect(progress.evidence.map(({ number }) => number)).toEqual([1]);
  });

  it("change nothing when they are repeated", () => {
    const repeated = WHOLE.flatMap((event) => [event, event]);
    expect(progressOf([...repeated, ...WHOLE])).toEqual(progressOf(WHOLE));
  });

  it("give the same in any order", () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const events = shuffled([...WHOLE, ...WHOLE, END], seed);
      expect(progressOf(events)).toEqual(progressOf([...WHOLE, END]));
    }
  });

  it("tell where a new socket goes on", () => {
    expect(fold(WHOLE).lastId).toBe("70-2");
    expect(fold(shuffled(WHOLE, 7)).lastId).toBe("70-2");
  });

  it("do not change what was folded before", () => {
    const before = fold(WHOLE.slice(0, 8));
    const text = before.progress.text;
    fold(WHOLE.slice(8), before);
    expect(before.progress.text).toBe(text);
  });
});

describe("a higher attempt", () => {
  const second: QuestionEvent[] = [
    { id: "90-0", attempt: 2, kind: "state", state: "queued" },
    { id: "91-0", attempt: 2, kind: "text", text: "Again." },
  ];

  it("forgets the lower one", () => {
    const progress = progressOf([...WHOLE, ...second]);
    expect(progress.text).toBe("Again.");
    expect(progress.examined).toEqual([]);
    expect(progress.attempt).toBe(2);
  });

  it("is not disturbed by a late event of the lower one", () => {
    const late: QuestionEvent = { id: "95-0", attempt: 1, kind: "text", text: "late" };
    expect(progressOf([...WHOLE, ...second, late]).text).toBe("Again.");
  });

  it("is not ended by the end of the lower one", () => {
    const end: QuestionEvent = { id: "96-0", attempt: 1, kind: "failed", code: "X" };
    expect(progressOf([...WHOLE, ...second, end]).phase).toBe("writing");
  });
});

describe("the end", () => {
  it("has the whole text, whatever was missed", () => {
    const end: QuestionEvent = {
      id: "80-0",
      attempt: 1,
      kind: "answered",
      text: "All of it.",
    };
    expect(progressOf([WHOLE[0] as QuestionEvent, end]).text).toBe("All of it.");
  });

  it("counts although it was told from the row, before all ids", () => {
    const end: QuestionEvent = { id: "0-1", attempt: 1, kind: "stopped", text: "No" };
    const timeline = fold([...WHOLE, end]);
    expect(timeline.progress.phase).toBe("stopped");
    expect(timeline.progress.text).toBe("No");
    expect(timeline.lastId).toBe("70-2");
  });

  it("comes once", () => {
    const other: QuestionEvent = { id: "0-1", attempt: 1, kind: "failed", code: "X" };
    expect(progressOf([...WHOLE, END, other]).phase).toBe("answered");
  });

  it("keeps the reason of a failure", () => {
    const failed: QuestionEvent = {
      id: "80-0",
      attempt: 1,
      kind: "failed",
      code: "WORKER_LOST",
      message: "The worker is gone.",
      retryable: true,
    };
    const { failure, text } = progressOf([...WHOLE, failed]);
    expect(failure).toEqual({
      code: "WORKER_LOST",
      message: "The worker is gone.",
      retryable: true,
    });
    expect(text).toBe("No necrosis [1].");
  });
});

describe("a note that restarts", () => {
  const note: QuestionEvent = {
    id: "75-0",
    attempt: 1,
    kind: "note",
    code: "GPU_OUT_OF_MEMORY",
    message: "Trying again with less.",
    restarts: true,
  };

  it("forgets the events so far and is kept itself", () => {
    const progress = progressOf([...WHOLE, note]);
    expect(progress.text).toBe("");
    expect(progress.evidence).toEqual([]);
    expect(progress.notes.map(({ code }) => code)).toEqual(["GPU_OUT_OF_MEMORY"]);
  });
});

describe("a heartbeat", () => {
  it("tells the place and moves nothing on", () => {
    const timeline = fold([
      WHOLE[0] as QuestionEvent,
      { kind: "heartbeat", place: 1, eta_s: 40 },
    ]);
    expect(timeline.progress.place).toBe(1);
    expect(timeline.progress.etaSeconds).toBe(40);
    expect(timeline.lastId).toBe("10-0");
  });
});
