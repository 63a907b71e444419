/** Telling how large a pixel is: by a line of known length, or by a number. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import type { CalibrateRequest, Slide } from "../api/types";
import type { Line } from "../viewer/drawing";

export class Ruler {
  isOpen = $state(false);
  line: Line | null = $state.raw(null);
  isSending = $state(false);
  problem: Problem | null = $state.raw(null);

  constructor(
    private readonly client: Client,
    private readonly slideId: string,
    /** The slide as it is from now on. */
    private readonly onSlide: (slide: Slide) => void,
  ) {}

  close(): void {
    this.isOpen = false;
    this.line = null;
    this.problem = null;
  }

  byLine(micrometres: number): Promise<boolean> {
    if (!this.line) return Promise.resolve(false);
    return this.set({ ...this.line, length_um: micrometres });
  }

  byNumber(micrometresPerPixel: number): Promise<boolean> {
    return this.set({ mpp: micrometresPerPixel });
  }

  takeBack(): Promise<boolean> {
    return this.send(() => this.client.withdrawCalibration(this.slideId));
  }

  private set(how: CalibrateRequest): Promise<boolean> {
    return this.send(() => this.client.calibrate(this.slideId, how));
  }

  private async send(request: () => Promise<Slide>): Promise<boolean> {
    this.isSending = true;
    this.problem = null;
    try {
      this.onSlide(await request());
      this.line = null;
      return true;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    } finally {
      this.isSending = false;
    }
  }
}
