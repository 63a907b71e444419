/** All uploads of this page: what is sent now, what waits, what an earlier page began. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import { type Dropped, type Plan, planUploads, type Refusal } from "./plan";
import { Transfer } from "./transfer.svelte";
import { groupUnfinished, isSame, matchOf, type Unfinished } from "./unfinished";

const AT_ONCE = 2;

export class Dock {
  transfers: Transfer[] = $state.raw([]);
  unfinished: Unfinished[] = $state.raw([]);
  refusals: Refusal[] = $state.raw([]);
  problem: Problem | null = $state.raw(null);

  constructor(private readonly client: Client) {
    void this.load();
  }

  get isBusy(): boolean {
    return this.transfers.some(({ state }) => state === "sending");
  }

  add(dropped: readonly Dropped[]): void {
    const { plans, refusals } = planUploads(dropped);
    this.refusals = refusals;
    for (const plan of plans) this.begin(plan, matchOf(plan, this.unfinished));
  }

  /** Go on with an unfinished upload; refuses another file than the one it was. */
  goOn(one: Unfinished, dropped: readonly Dropped[]): void {
    const plan = planUploads(dropped).plans.find((found) => isSame(found, one));
    if (plan) {
      this.refusals = [];
      this.begin(plan, one);
      return;
    }
    const words = `This is not the same as “${one.name}”: its name or size differs.`;
    this.refusals = [{ name: one.name, code: "FILE_DIFFERS", words }];
  }

  async discard(one: Unfinished): Promise<void> {
    try {
      for (const { id } of one.uploads) await this.client.discardUpload(id);
      this.forget(one);
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  async cancel(transfer: Transfer): Promise<void> {
    this.dismiss(transfer);
    await transfer.cancel();
    this.next();
  }

  async pause(transfer: Transfer): Promise<void> {
    await transfer.pause();
    this.next();
  }

  resume(transfer: Transfer): void {
    void this.run(transfer);
  }

  dismiss(transfer: Transfer): void {
    transfer.close();
    this.transfers = this.transfers.filter((one) => one !== transfer);
  }

  close(): void {
    for (const transfer of this.transfers) transfer.close();
  }

  private async load(): Promise<void> {
    try {
      this.unfinished = groupUnfinished(await this.client.uploads());
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  private begin(plan: Plan, unfinished: Unfinished | null): void {
    if (unfinished) this.forget(unfinished);
    this.transfers = [...this.transfers, new Transfer(this.client, plan, unfinished)];
    this.next();
  }

  private forget(one: Unfinished): void {
    this.unfinished = this.unfinished.filter((other) => other !== one);
  }

  private next(): void {
    const running = this.transfers.filter(({ state }) => state === "sending").length;
    const waiting = this.transfers.filter(({ state }) => state === "waiting");
    for (const transfer of waiting.slice(0, Math.max(0, AT_ONCE - running))) {
      void this.run(transfer);
    }
  }

  private async run(transfer: Transfer): Promise<void> {
    await transfer.run();
    this.next();
  }
}
