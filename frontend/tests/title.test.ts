import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PageTitle } from "../src/workspace/title";

const hidden = vi.spyOn(document, "hidden", "get");

beforeEach(() => {
  document.title = "biopsy.svs";
  hidden.mockReturnValue(true);
});
afterEach(() => hidden.mockReset());

it("the title tells of an answer that came while nobody looked", () => {
  const title = new PageTitle();
  title.note("writing");
  title.note("answered");
  expect(document.title).toBe("Answer ready · biopsy.svs");
  title.seen();
  expect(document.title).toBe("biopsy.svs");
});

it("the title stays for those who watch, and for answers of long ago", () => {
  const title = new PageTitle();
  title.note("answered");
  hidden.mockReturnValue(false);
  title.note("writing");
  title.note("answered");
  expect(document.title).toBe("biopsy.svs");
});
