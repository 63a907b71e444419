import { describe, expect, it } from "vitest";
import { freshness, type Heard } from "../src/question/freshness";
import { startTimeline } from "../src/question/progress";
import { ingestSteps, ingestWords } from "../src/slide/ingest";

const now = 1_000_000;

function heard(fields: Partial<Heard>, phase = "zooming"): Heard {
  const progress = { ...startTimeline().progress, phase } as Heard["progress"];
  return {
    connection: "live",
    retryInSeconds: 0,
    worker: "busy",
    lastEventAt: now,
    progress,
    ...fields,
  };
}

describe("what a page says when nothing happens", () => {
  it("is nothing while there is news", () => {
    expect(freshness(heard({}), now + 59_000)).toBe("");
  });

  it("is how long, and whether somebody is at it", () => {
    expect(freshness(heard({}), now + 65_000)).toBe(
      "No news for 1 min 5 s. The worker is alive and at it.",
    );
    expect(freshness(heard({ worker: "unknown" }), now + 65_000)).toContain("lost");
  });

  it("is that the worker is gone, or that there is none", () => {
    expect(freshness(heard({ worker: "gone" }), now)).toContain("tried again");
    expect(freshness(heard({ worker: "none" }, "queued"), now)).toContain(
      "nothing is lost",
    );
  });

  it("is that the connection is lost, and when it is tried again", () => {
    const lost = heard({ connection: "lost", retryInSeconds: 4 });
    expect(freshness(lost, now)).toContain("trying again in 4 s");
  });
});

describe("the steps of the ingest", () => {
  it("are counted in words", () => {
    expect(ingestWords("hash")).toBe("2 of 7: Computing the checksum");
    expect(ingestWords("")).toBe("Waiting to be checked");
    expect(ingestWords("new-step")).toBe("new-step");
  });

  it("are done, now or open", () => {
    const statuses = ingestSteps("unpack").map(({ status }) => status);
    expect(statuses).toEqual(["done", "done", "now", "open", "open", "open", "open"]);
  });
});
