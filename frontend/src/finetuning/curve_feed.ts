/** Reads the figures of a job from the REST API, the new ones alone. */

import { Curves, type Figure, type Lines } from "./curves";

const AT_ONCE = 5000;

export class CurveFeed {
  private readonly curves = new Curves();

  constructor(
    private readonly url: string,
    private readonly get: typeof fetch = (...request) => fetch(...request),
  ) {}

  /** All lines so far; those of before where the site does not answer. */
  async read(): Promise<Lines> {
    let more = true;
    while (more) {
      // The last step again: its validation comes after it.
      const after = Math.max(0, this.curves.last - 1);
      const figures = await this.figures(after);
      const before = this.curves.last;
      this.curves.add(figures);
      more = figures.length === AT_ONCE && this.curves.last > before;
    }
    return this.curves.lines;
  }

  private async figures(after: number): Promise<Figure[]> {
    try {
      const answer = await this.get(`${this.url}?after=${after}`);
      return answer.ok ? ((await answer.json()) as Figure[]) : [];
    } catch {
      return [];
    }
  }
}
