import { describe, expect, it } from "vitest";
import { type Progress, startTimeline } from "../src/question/progress";
import { sentenceOf, stepsOf } from "../src/question/steps";

const region = { x: 0, y: 0, width: 1, height: 1 };

function progress(fields: Partial<Progress>): Progress {
  return { ...startTimeline().progress, ...fields };
}

function statuses(fields: Partial<Progress>): string[] {
  return stepsOf(progress(fields)).map(({ status }) => status);
}

describe("the steps of an answer", () => {
  it("begin with the place in the line", () => {
    const [waiting] = stepsOf(progress({ place: 2, etaSeconds: 40 }));
    expect(waiting?.detail).toBe("place 2, about 40 s");
    expect(statuses({})).toEqual(["now", "open", "open", "open"]);
  });

  it("count the regions of a zoom step", () => {
    const fields = { phase: "zooming", step: 2, steps: 3, of: 6, examinedInStep: 4 };
    const steps = stepsOf(progress(fields as Partial<Progress>));
    expect(steps[2]?.detail).toBe("step 2 of 3, region 4 of 6");
  });

  it("are all done after an answer", () => {
    expect(new Set(statuses({ phase: "answered" }))).toEqual(new Set(["done"]));
  });

  it("show where a failed one was cut off", () => {
    const found = statuses({ phase: "failed", examined: [region] });
    expect(found).toEqual(["done", "done", "cut off", "open"]);
  });
});

describe("the sentence for a live region", () => {
  it("says that the answer is ready", () => {
    expect(sentenceOf(progress({ phase: "answered" }))).toBe(
      "Answer ready, 0 regions numbered.",
    );
  });

  it("says why there is no answer", () => {
    const failure = { code: "X", message: "The worker is gone.", retryable: true };
    expect(sentenceOf(progress({ phase: "failed", failure }))).toBe(
      "There is no answer. The worker is gone.",
    );
  });
});
