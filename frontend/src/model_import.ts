/** Models from outside: sends the chosen files, and follows an import that is open. */

import { asProblem, Client } from "./api/client";
import { readSite } from "./api/site";
import { LiveJob } from "./finetuning/live_job";
import { ModelUpload } from "./training/model_upload";

const shown = document.getElementById("live");
const page = shown?.dataset.url;
if (shown && page) void new LiveJob(shown, page, async () => {}).begin();

const form = document.getElementById("model-upload");
if (form instanceof HTMLFormElement) offer(form);

/** The form is of no use without this script, so it is shown by it. */
function offer(form: HTMLFormElement): void {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form);
  });
}

async function send(form: HTMLFormElement): Promise<void> {
  const files = form.querySelector<HTMLInputElement>("#model-files")?.files;
  const title = form.querySelector<HTMLInputElement>("#model-title")?.value ?? "";
  const base = form.querySelector<HTMLSelectElement>("#model-base")?.value;
  const bar = form.querySelector("progress");
  const said = form.querySelector("#model-said");
  const button = form.querySelector("button");
  if (!files?.length || !bar || !said || !button) return;
  button.disabled = true;
  bar.hidden = false;
  said.textContent = "Sending …";
  const upload = new ModelUpload(new Client(readSite(form)), [...files], (share) => {
    bar.value = share;
  });
  try {
    const id = await upload.send(title, base ? Number(base) : null);
    location.assign(`${form.dataset.page}${id}/`);
  } catch (error) {
    const { detail, code } = asProblem(error);
    said.textContent = `${detail} (${code})`;
    button.disabled = false;
    bar.hidden = true;
  }
}
