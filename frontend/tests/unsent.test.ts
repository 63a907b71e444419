import { describe, expect, it } from "vitest";
import { Unsent } from "../src/question/unsent";

describe("a question that was not sent", () => {
  it("is there again for the same person and slide", () => {
    new Unsent("7", "a").keep("Is it inflamed?");
    expect(new Unsent("7", "a").read()).toBe("Is it inflamed?");
  });

  it("is not shown to somebody else, nor on another slide", () => {
    new Unsent("7", "a").keep("Is it inflamed?");
    expect(new Unsent("8", "a").read()).toBe("");
    expect(new Unsent("7", "b").read()).toBe("");
  });

  it("is forgotten once it is empty", () => {
    const unsent = new Unsent("7", "c");
    unsent.keep("Is it");
    unsent.keep("");
    expect(unsent.read()).toBe("");
  });

  it("costs nothing where the browser keeps nothing", () => {
    const refuses = (): Storage => {
      throw new DOMException("denied", "SecurityError");
    };
    const unsent = new Unsent("7", "d", refuses);
    unsent.keep("Is it");
    expect(unsent.read()).toBe("");
  });
});
