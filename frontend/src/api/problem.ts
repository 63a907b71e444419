/** A refusal of the server, or no answer at all, in words for a person. */

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
    this.name = "Problem";
  }

  /** Nobody answered: worth another try soon. */
  get isOffline(): boolean {
    return this.status === 0;
  }

  get isSignedOut(): boolean {
    return this.code === "NOT_SIGNED_IN";
  }
}

export const OFFLINE = new Problem(
  0,
  "OFFLINE",
  "The server does not answer. What you have written is still here.",
);

/** application/problem+json, or whatever a proxy answered in its place. */
export function readProblem(status: number, body: string): Problem {
  try {
    const fields = JSON.parse(body) as { code?: unknown; detail?: unknown };
    if (typeof fields.code === "string" && typeof fields.detail === "string") {
      return new Problem(status, fields.code, fields.detail);
    }
  } catch {
    // A page of a proxy: its status is all that is known.
  }
  return new Problem(
    status,
    `HTTP_${status}`,
    "The server gave an unexpected answer. Please try again.",
  );
}
