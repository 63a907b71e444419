/** The files that tell of one answer: those that are there, and making another. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import type { ResultKind, ResultObject } from "../api/types";

/** What can be made, the most readable first. */
export const KINDS: readonly (readonly [ResultKind, string])[] = [
  ["pdf", "PDF"],
  ["sr", "Structured report"],
  ["ann", "Annotations"],
  ["seg", "Segmentation"],
  ["sc", "Picture"],
  ["pm", "Heat map"],
  ["ko", "Key objects"],
];

export class Results {
  /** Null until they were read. */
  made: ResultObject[] | null = $state.raw(null);
  making: ResultKind | null = $state(null);
  problem: Problem | null = $state.raw(null);

  constructor(
    private readonly client: Client,
    private readonly questionId: string,
  ) {}

  async load(): Promise<void> {
    try {
      this.made = await this.client.results(this.questionId);
      this.problem = null;
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  async make(kind: ResultKind): Promise<void> {
    if (this.making) return;
    this.making = kind;
    this.problem = null;
    try {
      const one = await this.client.makeResult(this.questionId, kind);
      const others = (this.made ?? []).filter(({ id }) => id !== one.id);
      this.made = [one, ...others];
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      this.making = null;
    }
  }
}
