/** The reviews of one answer, and the one that this person is writing. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import type { Region, Review } from "../api/types";
import {
  addRegion,
  type Draft,
  draftOf,
  EMPTY,
  isChanged,
  removeRegion,
  requestOf,
  type Subject,
  toggleWrong,
} from "./draft";

export class ReviewDesk {
  /** The newest of each person; null until the server has answered once. */
  reviews: Review[] | null = $state.raw(null);
  /** Every version of every person, once somebody asked for it. */
  versions: Review[] | null = $state.raw(null);
  draft: Draft = $state.raw(EMPTY);
  problem: Problem | null = $state.raw(null);
  isSending = $state(false);
  /** When this page saved one last. */
  savedAt: string | null = $state(null);
  private isBegun = false;

  constructor(
    private readonly client: Client,
    readonly questionId: string,
  ) {}

  get mine(): Review | undefined {
    return this.reviews?.find((one) => one.is_mine);
  }

  get isChanged(): boolean {
    return isChanged(this.draft, this.mine);
  }

  /** Read them; what is being written here stays as it is. */
  async load(): Promise<void> {
    try {
      this.reviews = await this.client.reviews(this.questionId);
      if (!this.isBegun) this.draft = draftOf(this.mine);
      this.problem = null;
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  async loadVersions(): Promise<void> {
    try {
      this.versions = await this.client.reviews(this.questionId, true);
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  change(fields: Partial<Draft>): void {
    this.write({ ...this.draft, ...fields });
  }

  toggleWrong(number: number): void {
    this.write(toggleWrong(this.draft, number));
  }

  addRegion(subject: Subject, region: Region): void {
    this.write(addRegion(this.draft, subject, region));
  }

  removeRegion(subject: Subject, region: Region): void {
    this.write(removeRegion(this.draft, subject, region));
  }

  /** @returns whether it is kept on the server now. */
  async save(): Promise<boolean> {
    const said = this.draft;
    if (!said.verdict || this.isSending) return false;
    this.isSending = true;
    this.problem = null;
    try {
      const request = requestOf(said, said.verdict);
      this.take(await this.client.review(this.questionId, request), said);
      return true;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    } finally {
      this.isSending = false;
    }
  }

  private take(saved: Review, said: Draft): void {
    this.reviews = [saved, ...(this.reviews ?? []).filter((one) => !one.is_mine)];
    // What was typed while it was on its way stays, and can be saved, too.
    if (this.draft === said) {
      this.draft = draftOf(saved);
      this.isBegun = false;
    }
    this.savedAt = saved.created_at;
    if (this.versions) this.versions = [saved, ...this.versions];
  }

  private write(draft: Draft): void {
    this.isBegun = true;
    this.draft = draft;
  }
}
