/** Leave to see the tiles: renewed before it ends, without a break in the picture. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import type { TileToken } from "../api/types";

const BEFORE_END_MS = 60_000;
const SHORTEST_MS = 5000;
const RETRY_MS = 5000;
/** A screen full of tiles must not ask again and again for what was just refused. */
const REFUSED_MS = 10_000;

export interface LeaseListener {
  /** The first time, and whenever the address of the tiles has changed. */
  onToken: (token: TileToken) => void;
  onProblem: (problem: Problem | null) => void;
}

export class TileLease {
  private token: TileToken | null = null;
  private renewing: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private refusedUntil = 0;
  private isClosed = false;

  constructor(
    private readonly client: Client,
    private readonly slideId: string,
    private readonly listener: LeaseListener,
  ) {
    void this.renew();
  }

  get url(): string {
    return this.token?.url ?? "";
  }

  /** Renew now; many tiles that fail at once ask only once. */
  readonly renew = (): Promise<void> => {
    if (Date.now() < this.refusedUntil) return Promise.resolve();
    this.renewing ??= this.fetchToken().finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  };

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private async fetchToken(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const token = await this.client.tileToken(this.slideId);
      if (this.isClosed) return;
      const isNew = token.url !== this.token?.url;
      this.token = token;
      this.listener.onProblem(null);
      if (isNew) this.listener.onToken(token);
      this.renewAfter(renewalWait(token.expires_at, Date.now()));
    } catch (error) {
      if (this.isClosed) return;
      const problem = asProblem(error);
      this.listener.onProblem(problem);
      // A stranger or a signed-out person gains nothing by asking again.
      if (problem.isOffline || problem.status >= 500) this.renewAfter(RETRY_MS);
      else this.refusedUntil = Date.now() + REFUSED_MS;
    }
  }

  private renewAfter(wait: number): void {
    this.timer = setTimeout(() => void this.renew(), wait);
  }
}

/** A minute before the end, or half-way when it lasts less than two. */
export function renewalWait(expiresAt: string, now: number): number {
  const left = Date.parse(expiresAt) - now;
  return Math.max(SHORTEST_MS, Math.max(left - BEFORE_END_MS, left / 2));
}
