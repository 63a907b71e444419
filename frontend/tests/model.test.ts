import { describe, expect, it } from "vitest";
import { changeWords, modelWords } from "../src/question/model";

const OLD = {
  id: 1,
  name: "Mini 1",
  digest: "a",
  variant: "",
  note: "",
  state: "active",
} as const;
const NEW = { name: "Mini 2", digest: "b", is_active: true };

describe("the model version of an answer", () => {
  it("is named", () => {
    expect(modelWords({ model_version: OLD })).toBe("Mini 1");
    expect(modelWords({ model_version: null })).toBe("The model");
  });

  it("is called a candidate while it is one", () => {
    const version = { ...OLD, state: "candidate" } as const;
    expect(modelWords({ model_version: version })).toBe(
      "Mini 1, a candidate on trial,",
    );
  });

  it("is told apart from the one that answers now", () => {
    expect(changeWords({ model_version: OLD }, NEW)).toContain("Mini 2");
    expect(changeWords({ model_version: OLD }, { ...NEW, digest: "a" })).toBe("");
    expect(changeWords({ model_version: OLD }, null)).toBe("");
  });
});
