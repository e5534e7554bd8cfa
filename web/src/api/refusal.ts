import type { Problem } from "./types";

/** The host was reached and said no. `code` decides what the owner reads; `message` is the host's own sentence. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Seconds after which the same may be tried again. */
  readonly retryAfter: number | undefined;
  /** What the sentence of the code is filled with. */
  readonly params: Readonly<Record<string, string>>;

  constructor(problem: Problem) {
    super(problem.error);
    this.name = "Refusal";
    this.status = problem.status;
    this.code = problem.code;
    this.retryAfter = problem.retry_after_secs ?? undefined;
    this.params = problem.params ?? {};
  }
}

/** No answer came: the box is off, restarting, or the network between is broken. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("the host does not answer", { cause });
    this.name = "Unreachable";
  }
}

/** The owner closed the dialog that asked for the password, so the action was not carried out. */
export class NotProven extends Error {
  constructor() {
    super("the password was not given");
    this.name = "NotProven";
  }
}

/** The refusal in an answer that is not a success, whatever its body is. */
export function refusalOf(response: Response, body: unknown): Refusal {
  if (isProblem(body)) {
    return new Refusal(body);
  }
  return new Refusal({ status: response.status, code: "unknown", error: response.statusText });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && typeof body.code === "string";
}
