import { describe, expect, it, vi } from "vitest";
import { Client } from "../src/api/client";
import { readProblem } from "../src/api/problem";
import { socketAddress } from "../src/api/site";

const site = { root: "/path/", csrfToken: "token" };

function clientWith(answer: () => Promise<Response>) {
  const send = vi.fn().mockImplementation(answer);
  return { send, client: new Client(site, send) };
}

describe("requests", () => {
  it("stay below the site's path and carry the token when they change something", async () => {
    const { client, send } = clientWith(async () => Response.json({}));
    await client.stop("7");
    const [address, request] = send.mock.calls[0] ?? [];
    expect(address).toBe("/path/api/v1/questions/7/stop");
    expect(request.headers["X-CSRFToken"]).toBe("token");
  });

  it("tell a refusal in the server's words", async () => {
    const body = { code: "QUESTION_EMPTY", detail: "Write a question first." };
    const { client } = clientWith(async () => Response.json(body, { status: 400 }));
    await expect(client.me()).rejects.toMatchObject({ status: 400, ...body });
  });

  it("tell that nobody answers", async () => {
    const { client } = clientWith(() => Promise.reject(new TypeError("failed")));
    await expect(client.me()).rejects.toMatchObject({
      code: "OFFLINE",
      isOffline: true,
    });
  });

  it("understand the page of a proxy as far as its status", () => {
    expect(readProblem(502, "<html>")).toMatchObject({ code: "HTTP_502", status: 502 });
  });
});

describe("sockets", () => {
  it("are as safe as the page and below its path", () => {
    const https = { protocol: "https:", host: "site" };
    const http = { protocol: "http:", host: "site:8000" };
    expect(socketAddress(site, "slides/1", https)).toBe("wss://site/path/ws/slides/1");
    expect(socketAddress(site, "slides/1", http)).toBe(
      "ws://site:8000/path/ws/slides/1",
    );
  });
});
