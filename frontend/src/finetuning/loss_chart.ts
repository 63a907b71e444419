/** Both losses as curves. The table beside them has the same figures. */

import "uplot/dist/uPlot.min.css";
import "./loss_chart.css";
import uPlot from "uplot";
import type { Lines } from "./curves";

const HEIGHT = 260;

export class LossChart {
  private readonly root = document.createElement("div");
  private readonly size = new ResizeObserver(() => this.fit());
  private plot: uPlot | null = null;
  private steps = 0;

  constructor() {
    this.root.className = "loss-chart";
    this.root.setAttribute("role", "img");
    this.size.observe(this.root);
  }

  /** Stand in the place that the page keeps free for it. */
  stand(place: HTMLElement | null): void {
    if (place && this.root.parentElement !== place) place.replaceChildren(this.root);
    this.fit();
  }

  show(lines: Lines): void {
    this.steps = lines[0].length;
    const words = `Training and validation loss of ${this.steps} steps; the table has the same figures`;
    this.root.setAttribute("aria-label", words);
    this.root.dataset.steps = String(this.steps);
    if (this.plot) this.plot.setData(lines);
    else if (this.steps) this.plot = new uPlot(this.options(), lines, this.root);
  }

  private fit(): void {
    const width = this.root.clientWidth;
    if (this.plot && width) this.plot.setSize({ width, height: HEIGHT });
  }

  private options(): uPlot.Options {
    const ink = () => getComputedStyle(this.root).color;
    const grid = { stroke: "rgb(128 128 128 / 25%)", width: 1 };
    const axis = { stroke: ink, grid, ticks: grid };
    const value = (_: uPlot, loss: number | null) => loss?.toFixed(4) ?? "–";
    return {
      width: this.root.clientWidth || 640,
      height: HEIGHT,
      scales: { x: { time: false } },
      axes: [
        { ...axis, label: "Step" },
        { ...axis, label: "Loss" },
      ],
      series: [
        { label: "Step" },
        { label: "Training loss", stroke: "#3b6fb6", width: 2, value },
        {
          label: "Validation loss",
          stroke: "#b2622a",
          width: 2,
          dash: [6, 3],
          spanGaps: true,
          value,
        },
      ],
    };
  }
}
