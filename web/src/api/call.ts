import { hostTime } from "../lib/clock";
import { askForProof } from "./proof";
import { reached, unreached } from "./connection";
import { NotProven, refusalOf, Unreachable } from "./refusal";
import { signedOut } from "./signed-out";

/** What an API call comes to. */
interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * Carries out an API call and gives its result.
 *
 * Where the host wants to be sure who sits there, the owner is asked for the password and the call is made again.
 *
 * @throws Refusal when the host said no, Unreachable when it did not answer, NotProven when the owner gave no password
 */
export async function call<T>(send: () => Promise<Answer<T>>): Promise<T> {
  for (;;) {
    const answer = await attempt(send);
    if (answer.response.ok) {
      // A success without a body is a call whose result nobody reads.
      return answer.data as T;
    }
    const refusal = refusalOf(answer.response, answer.error);
    if (refusal.code === "proof_needed") {
      if (await askForProof()) {
        continue;
      }
      throw new NotProven();
    }
    // A wrong password says nothing about the session in which it was typed. A box without an owner knows no sessions.
    if ((refusal.status === 401 && refusal.code !== "password_wrong") || refusal.code === "unclaimed") {
      signedOut();
    }
    throw refusal;
  }
}

async function attempt<T>(send: () => Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    const answer = await send();
    reached();
    hostTime(answer.response.headers.get("date"));
    return answer;
  } catch (error) {
    unreached();
    throw new Unreachable(error);
  }
}
