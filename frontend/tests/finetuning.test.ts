import { expect, test, vi } from "vitest";
import { CurveFeed } from "../src/finetuning/curve_feed";
import { Curves } from "../src/finetuning/curves";

const step = (number: number, loss: number) => ({
  kind: "step",
  step: number,
  data: { loss },
});

test("losses stand beside each other, step by step", () => {
  const curves = new Curves();
  curves.add([step(2, 0.5), step(1, 0.9)]);
  curves.add([{ kind: "validation", step: 2, data: { loss: 0.7 } }]);
  expect(curves.lines).toEqual([
    [1, 2],
    [0.9, 0.5],
    [null, 0.7],
  ]);
});

test("a step that is done again replaces what it was", () => {
  const curves = new Curves();
  curves.add([step(1, 0.9)]);
  curves.add([step(1, 0.8), { kind: "samples", step: 1, data: {} }]);
  expect(curves.lines).toEqual([[1], [0.8], [null]]);
});

test("only what is new is read, and the last step again", async () => {
  const answers = [[step(1, 0.9), step(2, 0.8)], [step(3, 0.7)]];
  const get = vi.fn(
    async (_url: string) => new Response(JSON.stringify(answers.shift())),
  );
  const feed = new CurveFeed("/metrics", get as unknown as typeof fetch);
  await feed.read();
  expect((await feed.read())[0]).toEqual([1, 2, 3]);
  expect(get.mock.calls.map(([url]) => url)).toEqual([
    "/metrics?after=0",
    "/metrics?after=1",
  ]);
});

test("while the site is away the curves stay", async () => {
  const get = vi
    .fn()
    .mockResolvedValueOnce(new Response(JSON.stringify([step(1, 0.9)])))
    .mockRejectedValueOnce(new TypeError("away"));
  const feed = new CurveFeed("/metrics", get as unknown as typeof fetch);
  await feed.read();
  expect((await feed.read())[0]).toEqual([1]);
});
