/** The page's title tells those who are in another tab that an answer has come. */

import { hasEnded, type Phase } from "../question/progress";

const WORDS: Partial<Record<Phase, string>> = {
  answered: "Answer ready",
  failed: "Question failed",
};

export class PageTitle {
  private readonly plain = document.title;
  private last: Phase | null = null;

  /** Of the question that is shown; another question begins anew. */
  note(phase: Phase | null): void {
    const isNews = this.last !== null && !hasEnded(this.last);
    const words = phase && isNews ? WORDS[phase] : undefined;
    if (words && document.hidden) document.title = `${words} · ${this.plain}`;
    this.last = phase;
  }

  /** Somebody looks. */
  seen(): void {
    document.title = this.plain;
  }
}
