/** Brings the page of a running job up to date. Without it, reloading does the same. */

const EVERY_MS = 2000;

export class LiveJob {
  /**
   * @param shown what the site draws anew.
   * @param url where it is drawn.
   * @param after called with each new drawing in its place.
   */
  constructor(
    private readonly shown: HTMLElement,
    private readonly url: string,
    private readonly after: () => Promise<void>,
  ) {}

  async begin(): Promise<void> {
    await this.after();
    this.plan();
  }

  private plan(): void {
    const state = this.shown.firstElementChild;
    if (!(state instanceof HTMLElement) || state.dataset.open !== "1") return;
    setTimeout(() => void this.look().then(() => this.plan()), EVERY_MS);
  }

  private async look(): Promise<void> {
    try {
      const answer = await fetch(this.url, { redirect: "error" });
      if (!answer.ok || this.isInUse()) return;
      this.draw(await answer.text());
    } catch {
      // The next look tries again.
    }
    await this.after();
  }

  /** What a person has scrolled stays where it is. */
  private draw(page: string): void {
    const before = [...this.shown.querySelectorAll<HTMLElement>("[data-scrolled]")];
    const places = before.map(
      (each) => [each.dataset.scrolled, each.scrollTop] as const,
    );
    this.shown.innerHTML = page;
    for (const [name, place] of places) {
      const now = this.shown.querySelector(`[data-scrolled="${name}"]`);
      if (now) now.scrollTop = place;
    }
  }

  /** What a person is at is left alone: a focused button, a selected line. */
  private isInUse(): boolean {
    const at = this.shown.contains(document.activeElement);
    return at || getSelection()?.isCollapsed === false;
  }
}
