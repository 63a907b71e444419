/** The REST endpoints that the pages use, each with its type from the schema. */

import { OFFLINE, Problem, readProblem } from "./problem";
import type { Site } from "./site";
import type {
  Access,
  Asked,
  AskRequest,
  CalibrateRequest,
  Me,
  ModelVersion,
  Question,
  ResultKind,
  ResultObject,
  Review,
  ReviewRequest,
  Slide,
  SlideUse,
  TileToken,
  Upload,
  Workers,
} from "./types";

type Method = "GET" | "POST" | "PUT" | "DELETE";

export class Client {
  constructor(
    readonly site: Site,
    private readonly send: typeof fetch = (...args) => fetch(...args),
  ) {}

  address(path: string): string {
    return `${this.site.root}api/v1/${path}`;
  }

  me(): Promise<Me> {
    return this.read("me");
  }

  slide(id: string): Promise<Slide> {
    return this.read(`slides/${id}`);
  }

  tileToken(slideId: string): Promise<TileToken> {
    return this.call("POST", `slides/${slideId}/tile-token`);
  }

  /** Newest first. */
  async questions(slideId: string): Promise<Question[]> {
    const page = await this.read<{ results: Question[] }>(`questions?slide=${slideId}`);
    return page.results;
  }

  question(id: string): Promise<Question> {
    return this.read(`questions/${id}`);
  }

  ask(request: AskRequest): Promise<Asked> {
    return this.call("POST", "questions", request);
  }

  stop(id: string): Promise<Question> {
    return this.call("POST", `questions/${id}/stop`);
  }

  /** The newest of each person, newest first; or every version. */
  async reviews(questionId: string, isWithHistory = false): Promise<Review[]> {
    const query = isWithHistory ? "?history=true" : "";
    const path = `questions/${questionId}/reviews${query}`;
    return (await this.read<{ results: Review[] }>(path)).results;
  }

  review(questionId: string, said: ReviewRequest): Promise<Review> {
    return this.call("POST", `questions/${questionId}/reviews`, said);
  }

  /** The DICOM objects and documents that tell of an answer. */
  async results(questionId: string): Promise<ResultObject[]> {
    const path = `questions/${questionId}/results?page_size=200`;
    return (await this.read<{ results: ResultObject[] }>(path)).results;
  }

  /** What was made before is not made again. */
  makeResult(questionId: string, kind: ResultKind): Promise<ResultObject> {
    return this.call("POST", `questions/${questionId}/results`, { kind });
  }

  calibrate(slideId: string, how: CalibrateRequest): Promise<Slide> {
    return this.call("POST", `slides/${slideId}/calibration`, how);
  }

  withdrawCalibration(slideId: string): Promise<Slide> {
    return this.call("DELETE", `slides/${slideId}/calibration`);
  }

  /** With whom the slide is shared. */
  shares(slideId: string): Promise<Access[]> {
    return this.read(`slides/${slideId}/access`);
  }

  share(slideId: string, username: string): Promise<Access> {
    return this.call("POST", `slides/${slideId}/access`, { username });
  }

  async unshare(slideId: string, username: string): Promise<void> {
    const query = `username=${encodeURIComponent(username)}`;
    await this.call("DELETE", `slides/${slideId}/access?${query}`);
  }

  async deleteSlide(id: string): Promise<void> {
    await this.call("DELETE", `slides/${id}`);
  }

  restoreSlide(id: string): Promise<Slide> {
    return this.call("POST", `slides/${id}/restore`);
  }

  /** Whether answers about the slide may be learned from. */
  trainingUse(slideId: string): Promise<SlideUse> {
    return this.read(`slides/${slideId}/training-use`);
  }

  setTrainingUse(slideId: string, use: SlideUse): Promise<SlideUse> {
    return this.call("PUT", `slides/${slideId}/training-use`, use);
  }

  /** The model version that answers now; null before the first worker came. */
  async activeModel(): Promise<ModelVersion | null> {
    const page = await this.read<{ results: ModelVersion[] }>("models");
    return page.results.find(({ is_active }) => is_active) ?? null;
  }

  workers(): Promise<Workers> {
    return this.read("workers");
  }

  async uploads(): Promise<Upload[]> {
    return (await this.read<{ results: Upload[] }>("uploads?page_size=200")).results;
  }

  async discardUpload(id: string): Promise<void> {
    await this.call("DELETE", `uploads/${id}`);
  }

  read<T>(path: string): Promise<T> {
    return this.call("GET", path);
  }

  /**
   * One request.
   * @throws Problem with status 0 when nobody answers.
   */
  async call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const response = await this.reach(method, path, body);
    const text = await response.text();
    if (!response.ok) throw readProblem(response.status, text);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  private async reach(method: Method, path: string, body: unknown): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (method !== "GET") headers["X-CSRFToken"] = this.site.csrfToken;
    const isBlob = body instanceof Blob;
    const kind = isBlob ? "application/octet-stream" : "application/json";
    if (body !== undefined) headers["Content-Type"] = kind;
    const sent =
      body === undefined ? {} : { body: isBlob ? body : JSON.stringify(body) };
    try {
      return await this.send(this.address(path), { method, headers, ...sent });
    } catch {
      throw OFFLINE;
    }
  }
}

/** What to tell a person of anything that was thrown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(-1, "UNEXPECTED", "Something went wrong in this page. Reload it.");
}
