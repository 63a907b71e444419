/** What only a slide's owner does with it: share it, delete it, say what it may serve for. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import type { Access, SlideUse } from "../api/types";

export class Ownership {
  shares: Access[] | null = $state.raw(null);
  use: SlideUse | null = $state.raw(null);
  isDeleted = $state(false);
  isBusy = $state(false);
  problem: Problem | null = $state.raw(null);
  /** What was done last, in words. */
  told = $state("");

  constructor(
    private readonly client: Client,
    private readonly slideId: string,
  ) {}

  load(): Promise<boolean> {
    return this.attempt("", async () => {
      this.shares = await this.client.shares(this.slideId);
      this.use = await this.client.trainingUse(this.slideId);
    });
  }

  share(username: string): Promise<boolean> {
    return this.attempt(`Shared with ${username}.`, async () => {
      await this.client.share(this.slideId, username);
      this.shares = await this.client.shares(this.slideId);
    });
  }

  unshare(username: string): Promise<boolean> {
    return this.attempt(`No longer shared with ${username}.`, async () => {
      await this.client.unshare(this.slideId, username);
      this.shares = (this.shares ?? []).filter((one) => one.username !== username);
    });
  }

  setUse(use: SlideUse): Promise<boolean> {
    return this.attempt("Saved.", async () => {
      this.use = await this.client.setTrainingUse(this.slideId, use);
    });
  }

  remove(): Promise<boolean> {
    return this.attempt("", async () => {
      await this.client.deleteSlide(this.slideId);
      this.isDeleted = true;
    });
  }

  restore(): Promise<boolean> {
    return this.attempt("The slide is back.", async () => {
      await this.client.restoreSlide(this.slideId);
      this.isDeleted = false;
    });
  }

  private async attempt(words: string, what: () => Promise<void>): Promise<boolean> {
    this.isBusy = true;
    this.problem = null;
    this.told = "";
    try {
      await what();
      this.told = words;
      return true;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
