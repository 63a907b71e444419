/** One file on its way by tus 1.0: resumed where the server says that it stands. */

import { DetailedError, Upload as TusUpload } from "tus-js-client";
import { asProblem, type Client } from "../api/client";
import { OFFLINE, type Problem, readProblem } from "../api/problem";

/** A request costs milliseconds beside its bytes. What arrived of one counts already. */
export const CHUNK_BYTES = 32 * 2 ** 20;
/** Codes of HTTP. A full disk does not empty itself while somebody waits. */
const CONFLICT = 409;
const LOCKED = 423;
const NO_SPACE = 507;

/** A server may take minutes to come back; each sent chunk begins the list anew. */
const RETRIES_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 60_000];

export interface Sending {
  file: File;
  metadata: Record<string, string>;
  /** Where the server has a part of it already. */
  address: string | null;
}

export class FileSender {
  private upload: TusUpload | null = null;
  /** Id that the server gave it; null before the first answer. */
  id: string | null = null;
  private settle: (() => void) | null = null;

  constructor(
    private readonly client: Client,
    private readonly sending: Sending,
    private readonly onProgress: (sent: number) => void,
    /** The server was not reached; it is tried again by itself. */
    private readonly onTrouble: () => void,
  ) {}

  /**
   * Send what is missing. Resolves early when it is paused.
   * @throws Problem when the server refuses it, or stays away for minutes.
   */
  send(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.settle = resolve;
      this.upload ??= this.makeUpload(resolve, reject);
      this.upload.options.onSuccess = () => resolve();
      this.upload.options.onError = (error) => reject(problemOf(error));
      this.upload.start();
    });
  }

  async pause(): Promise<void> {
    await this.upload?.abort();
    this.settle?.();
  }

  private tryAgain(error: DetailedError): boolean {
    const isPassing = mayPass(error.originalResponse?.getStatus() ?? 0);
    if (isPassing) this.onTrouble();
    return isPassing;
  }

  private makeUpload(onSuccess: () => void, reject: (problem: Problem) => void) {
    const { address, file, metadata } = this.sending;
    const { csrfToken } = this.client.site;
    return new TusUpload(file, {
      endpoint: this.client.address("uploads/tus"),
      uploadUrl: address,
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRIES_MS,
      metadata,
      onShouldRetry: (error) => this.tryAgain(error),
      headers: { "X-CSRFToken": csrfToken },
      // The server lists what is unfinished, for every browser of this person.
      storeFingerprintForResuming: false,
      onProgress: (sent) => this.onProgress(sent),
      onUploadUrlAvailable: () => {
        this.id = this.upload?.url?.split("/").at(-1) ?? null;
      },
      onSuccess: () => onSuccess(),
      onError: (error) => reject(problemOf(error)),
    });
  }
}

/** Whether the same request may be answered otherwise later. */
export function mayPass(status: number): boolean {
  const isBusy = status === CONFLICT || status === LOCKED;
  return status === 0 || isBusy || (status >= 500 && status !== NO_SPACE);
}

/** The server's own words where it said any. */
function problemOf(error: Error | DetailedError): Problem {
  if (!(error instanceof DetailedError)) return asProblem(error);
  const response = error.originalResponse;
  const status = response?.getStatus() ?? 0;
  if (!response || status === 0) return OFFLINE;
  return readProblem(status, response.getBody());
}
