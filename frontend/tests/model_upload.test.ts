import { describe, expect, it } from "vitest";
import { Client } from "../src/api/client";
import { ModelUpload } from "../src/training/model_upload";

/** A server that keeps what it gets, and fails where it is told to. */
class Server {
  readonly kept = new Map<string, number>();
  readonly asked: string[] = [];
  lose = new Set<number>();
  refuse = "";
  most = Number.POSITIVE_INFINITY;
  private pieces = 0;

  readonly send = async (url: unknown, init?: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(String(url), "http://site");
    const verb = init?.method ?? "GET";
    this.asked.push(`${verb} ${pathname}`);
    if (verb === "GET") return Response.json({ id: "1", files: this.files() });
    if (verb === "PUT") return this.take(pathname, searchParams, init?.body as Blob);
    return Response.json({ id: "1", files: [] });
  };

  private files(): { name: string; size: number }[] {
    return [...this.kept].map(([name, size]) => ({ name, size }));
  }

  private take(path: string, query: URLSearchParams, piece: Blob): Response {
    const name = path.split("/").at(-1) ?? "";
    if (this.refuse) {
      const body = { code: this.refuse, detail: "No." };
      return new Response(JSON.stringify(body), { status: 400 });
    }
    if (piece.size > this.most) return new Response("<html>", { status: 413 });
    const here = this.kept.get(name) ?? 0;
    expect(Number(query.get("offset"))).toBe(here);
    this.kept.set(name, here + piece.size);
    if (this.lose.has(this.pieces++)) throw new TypeError("lost");
    return Response.json({ name, size: here + piece.size });
  }
}

const MIB = 2 ** 20;

function upload(server: Server, shares: number[] = []): ModelUpload {
  const client = new Client({ root: "/", csrfToken: "t" }, server.send as typeof fetch);
  const files = [
    new File([new Uint8Array(20 * MIB)], "model.safetensors"),
    new File(["{}"], "config.json"),
  ];
  return new ModelUpload(
    client,
    files,
    (share) => shares.push(share),
    async () => {},
  );
}

describe("the files of a model", () => {
  it("are sent in pieces, then submitted", async () => {
    const server = new Server();
    const shares: number[] = [];

    expect(await upload(server, shares).send("", null)).toBe("1");

    expect(server.kept.get("model.safetensors")).toBe(20 * MIB);
    expect(server.kept.get("config.json")).toBe(2);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(server.asked.at(-1)).toBe("POST /api/v1/models/imports/1/submit");
  });

  it("go on after a piece that arrived although its answer was lost", async () => {
    const server = new Server();
    server.lose = new Set([1]);

    await upload(server).send("Mine", 7);

    expect(server.kept.get("model.safetensors")).toBe(20 * MIB);
  });

  it("are sent in smaller pieces where a proxy takes no larger ones", async () => {
    const server = new Server();
    server.most = MIB;

    await upload(server).send("", null);

    expect(server.kept.get("model.safetensors")).toBe(20 * MIB);
  });

  it("are withdrawn when the server refuses one", async () => {
    const server = new Server();
    server.refuse = "CHECKPOINT_UNSAFE";

    await expect(upload(server).send("", null)).rejects.toMatchObject({
      code: "CHECKPOINT_UNSAFE",
    });

    expect(server.asked.at(-1)).toBe("DELETE /api/v1/models/imports/1");
  });
});
