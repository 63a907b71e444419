/** How long to wait before the worklist is read again. */

export const FIRST_MS = 2000;
const GROWTH = 1.5;
const LONGEST_BUSY_MS = 15_000;
const IDLE_MS = 30_000;
const LONGEST_MS = 120_000;

export type Outcome = "changed" | "same" | "failed";

/** Soon while something happens, later while nothing does, much later without an answer. */
export class Pace {
  private wait = FIRST_MS;

  get milliseconds(): number {
    return this.wait;
  }

  hurry(): void {
    this.wait = FIRST_MS;
  }

  /** @param isBusy whether a slide on the page is still being prepared. */
  note(outcome: Outcome, isBusy: boolean): void {
    if (outcome === "changed") this.wait = isBusy ? FIRST_MS : IDLE_MS;
    else if (outcome === "failed") this.wait = Math.min(this.wait * 2, LONGEST_MS);
    else this.wait = this.later(isBusy);
  }

  private later(isBusy: boolean): number {
    const grown = this.wait * GROWTH;
    if (isBusy) return Math.min(grown, LONGEST_BUSY_MS);
    return Math.min(Math.max(grown, IDLE_MS), LONGEST_MS);
  }
}
