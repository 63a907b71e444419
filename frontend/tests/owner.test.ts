import { beforeEach, describe, expect, it, vi } from "vitest";
import { Client } from "../src/api/client";
import { Ownership } from "../src/owner/ownership.svelte";

const send = vi.fn<typeof fetch>();
let owner: Ownership;

function answers(status: number, body?: unknown): void {
  const text = body === undefined ? null : JSON.stringify(body);
  send.mockResolvedValueOnce(new Response(text, { status }));
}

beforeEach(() => {
  send.mockReset();
  owner = new Ownership(new Client({ root: "/", csrfToken: "" }, send), "1");
});

describe("the owner of a slide", () => {
  it("shares it, and shares it no longer", async () => {
    answers(201, { username: "bob", created_at: "" });
    answers(200, [{ username: "bob", created_at: "" }]);
    expect(await owner.share("bob")).toBe(true);
    expect(owner.shares?.map(({ username }) => username)).toEqual(["bob"]);
    answers(204);
    await owner.unshare("bob");
    expect(owner.shares).toEqual([]);
    expect(send.mock.lastCall?.[0]).toBe("/api/v1/slides/1/access?username=bob");
  });

  it("reads why somebody cannot be added", async () => {
    answers(400, { code: "INVALID", detail: "username: there is nobody like that." });
    expect(await owner.share("nobody")).toBe(false);
    expect(owner.problem?.detail).toContain("nobody like that");
    expect(owner.told).toBe("");
  });

  it("deletes it and brings it back", async () => {
    answers(204);
    await owner.remove();
    expect(owner.isDeleted).toBe(true);
    answers(200, { id: "1" });
    await owner.restore();
    expect(owner.isDeleted).toBe(false);
  });

  it("says what may be learned from it", async () => {
    const use = { consent: "given", patient: "p-1", is_deidentified: true } as const;
    answers(200, use);
    expect(await owner.setUse(use)).toBe(true);
    expect(send.mock.lastCall?.[1]?.method).toBe("PUT");
    expect(owner.use).toEqual(use);
  });
});
