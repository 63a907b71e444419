/** Keeps the worklist's cards up to date while somebody looks at them. */

import { hasBusy, sentenceOf, takeOver } from "./cards";
import { type Outcome, Pace } from "./pace";

export interface LiveOptions {
  shown: HTMLElement;
  /** Where slides that became ready are told to those who do not see the cards. */
  say: (sentence: string) => void;
  load?: () => Promise<Document>;
}

export class LiveCards {
  private readonly pace = new Pace();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private isReading = false;

  constructor(private readonly options: LiveOptions) {
    document.addEventListener("visibilitychange", this.look);
    this.plan();
  }

  close(): void {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.look);
  }

  /** Something has just happened here: look soon. */
  hurry(): void {
    this.pace.hurry();
    // Many hurried calls must not put off the look that is due.
    if (this.dueAt - Date.now() > this.pace.milliseconds) this.plan();
  }

  private readonly look = (): void => {
    if (!document.hidden) this.hurry();
  };

  private plan(): void {
    clearTimeout(this.timer);
    this.dueAt = Number.POSITIVE_INFINITY;
    if (document.hidden) return;
    this.dueAt = Date.now() + this.pace.milliseconds;
    this.timer = setTimeout(() => void this.read(), this.pace.milliseconds);
  }

  async read(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    const outcome = await this.outcome();
    this.isReading = false;
    this.pace.note(outcome, hasBusy(this.options.shown));
    this.plan();
  }

  private async outcome(): Promise<Outcome> {
    const { load = loadPage, say, shown } = this.options;
    try {
      const page = await load();
      const fresh = page.getElementById(shown.id);
      if (!fresh) return "failed";
      const { changes, isChanged } = takeOver(shown, fresh);
      const words = changes.map(sentenceOf).filter(Boolean).join(" ");
      if (words) say(words);
      return isChanged ? "changed" : "same";
    } catch {
      return "failed";
    }
  }
}

/** This page as the server draws it now; the sign-in page when the session has ended. */
async function loadPage(): Promise<Document> {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
