/** Figures of a job as lines over the steps. It knows nothing of how they are drawn. */

export interface Figure {
  kind: string;
  step: number;
  data: { loss?: number | null };
}

/** Steps, training loss and validation loss; each as long as the steps. */
export type Lines = [number[], (number | null)[], (number | null)[]];

/** Losses by step; a step that is told again replaces what it was. */
export class Curves {
  private readonly training = new Map<number, number>();
  private readonly validation = new Map<number, number>();

  add(figures: readonly Figure[]): void {
    for (const { kind, step, data } of figures) {
      const line = this.lineOf(kind);
      if (line && typeof data.loss === "number") line.set(step, data.loss);
    }
  }

  /** The last step that has a figure; 0 before the first. */
  get last(): number {
    return Math.max(0, ...this.training.keys(), ...this.validation.keys());
  }

  get lines(): Lines {
    const keys = new Set([...this.training.keys(), ...this.validation.keys()]);
    const steps = [...keys].sort((one, other) => one - other);
    const values = (line: Map<number, number>) =>
      steps.map((step) => line.get(step) ?? null);
    return [steps, values(this.training), values(this.validation)];
  }

  private lineOf(kind: string): Map<number, number> | null {
    if (kind === "step") return this.training;
    return kind === "validation" ? this.validation : null;
  }
}
