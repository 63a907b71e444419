import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Announcer } from "../src/question/announcer";

let said: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
});
afterEach(() => vi.useRealTimers());

describe("the live region", () => {
  it("hears the first sentence at once and then one in five seconds", () => {
    const announcer = new Announcer((sentence) => said.push(sentence));
    for (let i = 0; i < 100; i += 1) {
      announcer.announce(`Region ${i} of 100.`);
      vi.advanceTimersByTime(100);
    }
    vi.advanceTimersByTime(10_000);
    expect(said[0]).toBe("Region 0 of 100.");
    expect(said.at(-1)).toBe("Region 99 of 100.");
    expect(said.length).toBeLessThanOrEqual(4);
  });

  it("does not hear the same twice", () => {
    const announcer = new Announcer((sentence) => said.push(sentence));
    announcer.announce("Waiting.");
    announcer.announce("Waiting.");
    vi.advanceTimersByTime(10_000);
    expect(said).toEqual(["Waiting."]);
  });

  it("hears nothing after the page is gone", () => {
    const announcer = new Announcer((sentence) => said.push(sentence));
    announcer.announce("One.");
    announcer.announce("Two.");
    announcer.stop();
    vi.advanceTimersByTime(10_000);
    expect(said).toEqual(["One."]);
  });
});
