/** Speed over the last seconds, and the time that is left. */

const WINDOW_MS = 10_000;

interface Sample {
  at: number;
  bytes: number;
}

export class Rate {
  private samples: Sample[] = [];

  /** So many bytes are there at a time in milliseconds. */
  add(bytes: number, at: number): void {
    const from = at - WINDOW_MS;
    this.samples = [...this.samples.filter((one) => one.at >= from), { at, bytes }];
  }

  /** After a pause the time before it says nothing. */
  restart(): void {
    this.samples = [];
  }

  /** Bytes a second; null until there is something to go by. */
  get bytesPerSecond(): number | null {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || !last || last.at - first.at < 500) return null;
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000;
  }

  secondsLeft(bytes: number): number | null {
    const speed = this.bytesPerSecond;
    return speed ? bytes / speed : null;
  }
}
