/** Tells a live region the newest sentence, and never too many of them. */

export const QUIET_MS = 5000;

export class Announcer {
  private lastAt = Number.NEGATIVE_INFINITY;
  private lastSaid = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly say: (sentence: string) => void,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** Said at once after a quiet time; else later, unless a newer one replaces it. */
  announce(sentence: string): void {
    clearTimeout(this.timer);
    if (!sentence || sentence === this.lastSaid) return;
    const wait = this.lastAt + QUIET_MS - this.now();
    if (wait <= 0) this.tell(sentence);
    else this.timer = setTimeout(() => this.tell(sentence), wait);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private tell(sentence: string): void {
    this.lastAt = this.now();
    this.lastSaid = sentence;
    this.say(sentence);
  }
}
