/** What one person does at one slide: which part is in front, what is drawn and chosen,
 * and where that is kept in the address. The parts show it; none of them keeps it. */

import type { Client } from "../api/client";
import type { Region } from "../api/types";
import { Ruler } from "../calibration/ruler.svelte";
import { neighbour, nestedOrder } from "../evidence/nesting";
import { readPlace, type ViewPlace, writePlace } from "../geometry/permalink";
import { Ownership } from "../owner/ownership.svelte";
import { hasEnded } from "../question/progress";
import { SlideRecord } from "../slide/slide_record.svelte";
import type { Command } from "../viewer/keys";
import { boxesOf } from "./boxes_of";
import { Questions } from "./questions.svelte";

export const PANES = [
  ["slide", "Slide"],
  ["answer", "Ask"],
  ["evidence", "Evidence"],
  ["history", "Questions"],
] as const;
export type Pane = (typeof PANES)[number][0];

/** What others may ask of the viewer. */
interface View {
  drawRectangle(words: string, done: (region: Region) => void): void;
  flyTo(region: Region, downsample: number): void;
  goTo(place: ViewPlace): void;
  visible(): Region | null;
  measure(): void;
  focus(): void;
}

interface Asking {
  focus(): void;
  useRectangle(): void;
}

const SETTLED_MS = 300;

export class Bench {
  readonly start = readPlace(location.hash);
  readonly record: SlideRecord;
  readonly questions: Questions;
  readonly ruler: Ruler;
  readonly owner: Ownership;
  viewer: View | undefined = $state.raw();
  ask: Asking | undefined = $state.raw();
  pane: Pane = $state("slide");
  drawn: Region | null = $state.raw(null);
  chosen: number | null = $state(null);
  /** The last thing that a screen reader was told. */
  said = $state("");
  readonly slide = $derived.by(() => this.record.slide);
  readonly watch = $derived.by(() => this.questions.watch);
  readonly evidence = $derived.by(() => this.watch?.progress.evidence ?? []);
  /** Only what was answered is reviewed. */
  readonly desk = $derived.by(() => {
    const watch = this.watch;
    const isAnswered = watch?.progress.phase === "answered" && watch.question.answer;
    return isAnswered ? this.questions.desk : null;
  });
  readonly boxes = $derived.by(() => {
    const { watch, drawn, desk } = this;
    return boxesOf(
      watch?.progress ?? null,
      watch?.question ?? null,
      drawn,
      desk?.draft ?? null,
    );
  });
  private view: ViewPlace | null = this.start.view;
  private written: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly client: Client,
    readonly slideId: string,
    /** Who works here: what is half written is kept for them alone. */
    readonly person: string,
  ) {
    this.record = new SlideRecord(client, slideId);
    this.questions = new Questions(client, slideId);
    this.ruler = new Ruler(client, slideId, (slide) => this.record.replace(slide));
    this.owner = new Ownership(client, slideId);
    this.chosen = this.start.evidence;
  }

  get root(): string {
    return this.client.site.root;
  }

  close(): void {
    clearTimeout(this.written);
    this.questions.close();
    this.record.close();
  }

  showQuestion(id: string): void {
    this.chosen = null;
    this.questions.show(this.questions.history.find((one) => one.id === id));
    this.pane = "answer";
    this.remember();
  }

  choose(number: number | null): void {
    this.chosen = number;
    const found = this.evidence.find((one) => one.number === number);
    if (found) this.viewer?.flyTo(found.region, found.downsample);
    this.remember();
  }

  /** From the text or a card: on a narrow screen the slide has to come forward. */
  showOnSlide(number: number): void {
    this.pane = "slide";
    this.choose(number);
  }

  showRegion(region: Region): void {
    this.pane = "slide";
    this.viewer?.flyTo(region, 1);
  }

  /** What a key over the slide asks for, but for its view. */
  obey(command: Command): void {
    if (command.do === "evidence") {
      this.choose(neighbour(nestedOrder(this.evidence), this.chosen, command.step));
    }
    if (command.do === "question") {
      this.pane = "answer";
      queueMicrotask(() => this.ask?.focus());
    }
  }

  takeRegion(region: Region | null): void {
    this.drawn = region;
    if (!region) return;
    this.ask?.useRectangle();
    this.pane = "answer";
  }

  /** A rectangle that the person drags; the slide comes forward for it. */
  draw(words: string, done: (region: Region) => void): void {
    this.pane = "slide";
    this.viewer?.drawRectangle(words, done);
    this.viewer?.focus();
  }

  calibrate(): void {
    this.pane = "slide";
    this.ruler.isOpen = true;
  }

  measure(): void {
    this.pane = "slide";
    this.viewer?.measure();
    this.viewer?.focus();
  }

  moved(view: ViewPlace): void {
    this.view = view;
    this.remember();
  }

  /** The address follows what is shown, once it is at rest. */
  remember(): void {
    clearTimeout(this.written);
    this.written = setTimeout(() => {
      const question = this.watch?.question.id ?? null;
      const place = { view: this.view, question, evidence: this.chosen };
      history.replaceState(history.state, "", writePlace(place));
    }, SETTLED_MS);
  }

  /** Somebody pasted another place of the same slide. */
  follow(): void {
    const place = readPlace(location.hash);
    if (place.view) this.viewer?.goTo(place.view);
    if (place.question && place.question !== this.watch?.question.id) {
      const { history } = this.questions;
      this.questions.show(history.find(({ id }) => id === place.question));
    }
    this.chosen = place.evidence;
  }

  cropOf(number: number): string {
    const watch = this.watch;
    const id = watch?.question.id ?? "";
    const address = this.client.address(`questions/${id}/evidence/${number}/crop`);
    const isOpen = watch && !hasEnded(watch.progress.phase);
    return isOpen ? `${address}?attempt=${watch.progress.attempt}` : address;
  }
}
