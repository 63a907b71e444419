/** Sends the files of a model in pieces, and goes on where a lost connection left off. */

import { asProblem, type Client } from "../api/client";
import type { Problem } from "../api/problem";

interface Here {
  id: string;
  files: { name: string; size: number }[];
}

const PIECE_BYTES = 8 * 2 ** 20;
const SMALLEST_PIECE_BYTES = 2 ** 18;
const MOST_TRIES = 6;
const WAITS = new Set(["UPLOAD_OFFSET", "UPLOAD_LOCKED"]);

export class ModelUpload {
  private sent = 0;
  private tries = 0;
  private pieceBytes = PIECE_BYTES;
  private readonly total: number;

  /**
   * @param files what the person chose.
   * @param tell called with the share that has been sent, 0 to 1.
   * @param rest waits before another try.
   */
  constructor(
    private readonly client: Client,
    private readonly files: readonly File[],
    private readonly tell: (share: number) => void,
    private readonly rest: (tries: number) => Promise<void> = (tries) =>
      new Promise((done) => setTimeout(done, 500 * 2 ** tries)),
  ) {
    this.total = files.reduce((sum, file) => sum + file.size, 0);
  }

  /**
   * The id of the import, which a worker then looks at.
   * @throws Problem the server's refusal, or that nobody answers any more.
   */
  async send(title: string, base: number | null): Promise<string> {
    const about = { title, base };
    const made = await this.client.call<Here>("POST", "models/imports", about);
    try {
      for (const file of this.files) await this.sendFile(made.id, file);
      await this.client.call("POST", `models/imports/${made.id}/submit`);
    } catch (error) {
      const problem = asProblem(error);
      if (!problem.isOffline) await this.giveUp(made.id);
      throw problem;
    }
    return made.id;
  }

  private async sendFile(id: string, file: File): Promise<void> {
    const before = this.sent;
    let offset = 0;
    this.tries = 0;
    do {
      try {
        offset = await this.sendPiece(id, file, offset);
        this.tries = 0;
      } catch (error) {
        await this.recover(asProblem(error));
        offset = await this.offset(id, file.name, offset);
      }
      this.sent = before + offset;
      this.tell(this.total ? this.sent / this.total : 1);
    } while (offset < file.size);
  }

  /** Waits, or makes pieces smaller; throws what another try would not mend. */
  private async recover(problem: Problem): Promise<void> {
    if (this.maySendLess(problem)) return;
    if (!mayTryAgain(problem) || ++this.tries > MOST_TRIES) throw problem;
    await this.rest(this.tries);
  }

  private async sendPiece(id: string, file: File, offset: number): Promise<number> {
    const path = `models/imports/${id}/files/${encodeURIComponent(file.name)}`;
    const piece = file.slice(offset, offset + this.pieceBytes);
    const said = await this.client.call<{ size: number }>(
      "PUT",
      `${path}?offset=${offset}`,
      piece,
    );
    return said.size;
  }

  /** A proxy in front of the site may take less in one request than the site does. */
  private maySendLess(problem: Problem): boolean {
    const isTooLong = problem.status === 413 && problem.code !== "UPLOAD_TOO_LARGE";
    if (!isTooLong || this.pieceBytes <= SMALLEST_PIECE_BYTES) return false;
    this.pieceBytes /= 2;
    return true;
  }

  /** How much of the file is there; what was known before while nobody answers. */
  private async offset(id: string, name: string, known: number): Promise<number> {
    try {
      const { files } = await this.client.read<Here>(`models/imports/${id}`);
      return files.find((file) => file.name === name)?.size ?? 0;
    } catch {
      return known;
    }
  }

  private async giveUp(id: string): Promise<void> {
    try {
      await this.client.call("DELETE", `models/imports/${id}`);
    } catch {
      // The site ends what nobody goes on with by itself.
    }
  }
}

function mayTryAgain(problem: Problem): boolean {
  return problem.isOffline || problem.status >= 502 || WAITS.has(problem.code);
}
