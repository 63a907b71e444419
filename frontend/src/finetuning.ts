/** The page of a fine-tune job: it follows the job, and draws its losses. */

import { CurveFeed } from "./finetuning/curve_feed";
import { LiveJob } from "./finetuning/live_job";
import { LossChart } from "./finetuning/loss_chart";

const shown = document.getElementById("live");
const page = shown?.dataset.url;
const metrics = shown?.dataset.metrics;
if (shown && page && metrics) {
  const chart = new LossChart();
  const feed = new CurveFeed(metrics);
  const job = new LiveJob(shown, page, async () => {
    chart.show(await feed.read());
    chart.stand(shown.querySelector<HTMLElement>("[data-chart]"));
  });
  void job.begin();
}
