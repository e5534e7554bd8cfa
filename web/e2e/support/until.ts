import { setTimeout as pause } from "node:timers/promises";
import { PATIENCE } from "./places";

/** Asks again and again until there is an answer; an attempt that throws counts as none. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = Date.now() + PATIENCE;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) {
        return answer;
      }
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`waited ${PATIENCE / 1000} s in vain for: ${what}`, { cause: last });
    }
    await pause(25);
  }
}
