import { describe, expect, it } from "vitest";
import { segmentsOf, wholeSentences } from "../src/question/citations";

describe("evidence numbers in a text", () => {
  it("become links where the evidence is there", () => {
    expect(segmentsOf("Seen in [1], not in [2].", new Set([1, 2]))).toEqual([
      { kind: "text", text: "Seen in " },
      { kind: "citation", text: "[1]", number: 1 },
      { kind: "text", text: ", not in " },
      { kind: "citation", text: "[2]", number: 2 },
      { kind: "text", text: "." },
    ]);
  });

  it("stay text where it is not", () => {
    expect(segmentsOf("See [7].", new Set([1]))).toEqual([
      { kind: "text", text: "See [7]." },
    ]);
  });

  it("leave everything else as it is, tags too", () => {
    const text = "<img src=x> [link](http://a) [a]";
    const segments = segmentsOf(text, new Set([1]));
    expect(segments.map((segment) => segment.text).join("")).toBe(text);
    expect(segments.every(({ kind }) => kind === "text")).toBe(true);
  });
});

describe("sentences", () => {
  it("are told when they are whole", () => {
    expect(wholeSentences("One. Two is")).toBe("One.");
    expect(wholeSentences("None yet")).toBe("");
  });
});
