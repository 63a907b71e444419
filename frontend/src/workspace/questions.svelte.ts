/** The questions of one slide: asked before, asked now, and the one that is shown. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";
import type { Asked, AskRequest, ModelVersion, Question, Workers } from "../api/types";
import type { Phase } from "../question/progress";
import { QuestionWatch } from "../question/watch.svelte";
import { ReviewDesk } from "../review/desk.svelte";

export class Questions {
  history: Question[] = $state.raw([]);
  watch: QuestionWatch | null = $state.raw(null);
  /** The same was asked before; it is offered instead of asking again. */
  offer: { asked: Asked; request: AskRequest } | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  isSending = $state(false);
  workers: Workers | null = $state.raw(null);
  /** The model version that answers now. */
  active: ModelVersion | null = $state.raw(null);
  /** The reviews of the question that is shown. */
  desk: ReviewDesk | null = $state.raw(null);
  /** One for each question that was shown: what is half written stays. */
  private readonly desks = new Map<string, ReviewDesk>();

  constructor(
    private readonly client: Client,
    private readonly slideId: string,
  ) {}

  /** Show the wanted question, or the newest that is under way or was answered. */
  async load(wanted: string | null): Promise<void> {
    void this.readWorkers();
    void this.readActive();
    try {
      this.history = await this.client.questions(this.slideId);
    } catch (error) {
      this.problem = asProblem(error);
      return;
    }
    const known = this.history.find((question) => question.id === wanted);
    if (wanted && !known) await this.showById(wanted);
    else if (known ?? this.history[0]) this.show(known ?? this.history[0]);
  }

  async refresh(): Promise<void> {
    try {
      this.history = await this.client.questions(this.slideId);
    } catch {
      // The list is as old as it was; whatever is asked next tells of the fault.
    }
  }

  show(question: Question | undefined): void {
    if (!question || this.watch?.question.id === question.id) return;
    this.watch?.close();
    this.offer = null;
    this.watch = new QuestionWatch(this.client, question);
    this.desk = this.deskOf(question.id);
  }

  get hasUnsaved(): boolean {
    return [...this.desks.values()].some(({ isChanged }) => isChanged);
  }

  /** @returns whether a new question is on its way. */
  async ask(request: AskRequest): Promise<boolean> {
    this.isSending = true;
    this.problem = null;
    this.offer = null;
    try {
      const asked = await this.client.ask(request);
      if (asked.existing) this.offer = { asked, request };
      else this.begin(asked);
      return !asked.existing;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    } finally {
      this.isSending = false;
      void this.readWorkers();
    }
  }

  takeOffer(): void {
    if (!this.offer) return;
    const { asked } = this.offer;
    this.offer = null;
    this.show(this.history.find(({ id }) => id === asked.id) ?? asked);
  }

  async askAgain(): Promise<void> {
    const request = this.offer?.request ?? this.sameRequest();
    if (request) await this.ask({ ...request, again: true });
  }

  /** The list keeps up with the question that is watched. */
  note(question: Question, phase: Phase): void {
    this.history = this.history.map((one) =>
      one.id === question.id ? { ...question, state: phase } : one,
    );
  }

  close(): void {
    this.watch?.close();
  }

  private deskOf(id: string): ReviewDesk {
    const desk = this.desks.get(id) ?? new ReviewDesk(this.client, id);
    this.desks.set(id, desk);
    return desk;
  }

  private begin(asked: Question): void {
    this.history = [asked, ...this.history.filter(({ id }) => id !== asked.id)];
    this.show(asked);
  }

  private async showById(id: string): Promise<void> {
    try {
      const question = await this.client.question(id);
      if (question.slide === this.slideId) this.show(question);
    } catch {
      // A link to a question that is gone still shows the slide.
    }
  }

  private sameRequest(): AskRequest | null {
    if (!this.watch) return null;
    const { slide, text, scope, region } = this.watch.question;
    return { slide, text, scope, region, again: true };
  }

  private async readActive(): Promise<void> {
    try {
      this.active = await this.client.activeModel();
    } catch {
      // Each answer names its own version all the same.
    }
  }

  private async readWorkers(): Promise<void> {
    try {
      this.workers = await this.client.workers();
    } catch {
      this.workers = null;
    }
  }
}
