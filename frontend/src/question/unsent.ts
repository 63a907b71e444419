/** A question that is written but not sent, kept for this window while its page goes
 * away and comes back: through a reload, or through signing in again.
 *
 * Only the person who wrote it is shown it, and it ends with the window. */

export class Unsent {
  private readonly key: string;

  constructor(
    person: string,
    slideId: string,
    private readonly kept: () => Storage = () => sessionStorage,
  ) {
    this.key = `unsent question ${person} ${slideId}`;
  }

  read(): string {
    return this.reach((kept) => kept.getItem(this.key)) ?? "";
  }

  /** An empty text is forgotten. */
  keep(text: string): void {
    this.reach((kept) =>
      text ? kept.setItem(this.key, text) : kept.removeItem(this.key),
    );
  }

  private reach<T>(use: (kept: Storage) => T): T | undefined {
    try {
      return use(this.kept());
    } catch {
      // A browser that keeps nothing for pages: the text lives as long as this page.
      return undefined;
    }
  }
}
