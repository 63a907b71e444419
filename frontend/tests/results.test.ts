import { describe, expect, it } from "vitest";
import type { Client } from "../src/api/client";
import { Problem } from "../src/api/problem";
import { Results } from "../src/question/results.svelte";

const PDF = { id: "1", kind: "pdf" };
const REFUSED = new Problem(409, "RESULT_NEEDS_DICOM", "The slide is no DICOM.");

function resultsOf(answers: Partial<Record<"results" | "makeResult", unknown>>) {
  const answer = (name: keyof typeof answers) => async () => {
    if (answers[name] instanceof Problem) throw answers[name];
    return answers[name];
  };
  const client = { results: answer("results"), makeResult: answer("makeResult") };
  return new Results(client as unknown as Client, "7");
}

describe("the files of an answer", () => {
  it("are those that the server has", async () => {
    const results = resultsOf({ results: [PDF] });
    await results.load();
    expect(results.made).toEqual([PDF]);
  });

  it("hold one that is made again once", async () => {
    const results = resultsOf({ results: [PDF], makeResult: PDF });
    await results.load();
    await results.make("pdf");
    expect(results.made).toEqual([PDF]);
    expect(results.making).toBeNull();
  });

  it("tell why one cannot be made", async () => {
    const results = resultsOf({ results: [], makeResult: REFUSED });
    await results.make("sr");
    expect(results.problem?.code).toBe("RESULT_NEEDS_DICOM");
    expect(results.making).toBeNull();
  });
});
