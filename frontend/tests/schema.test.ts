// @vitest-environment node
import { readFile } from "node:fs/promises";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, it } from "vitest";

const root = new URL("../", import.meta.url);

it("The types of the API are those of openapi.json (else: npm run types)", async () => {
  const made = astToString(await openapiTS(new URL("openapi.json", root)));
  const kept = await readFile(new URL("src/api/schema.d.ts", root), "utf8");
  expect(kept).toBe(COMMENT_HEADER + made);
});
