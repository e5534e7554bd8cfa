import type { Pending } from "../../api/types";
import { isolate } from "../../i18n/format";

/** The fingerprint of a device that may use a PIN, and what the list says of it. */
export type Target = readonly [fingerprint: string, text: string];

/** In the list of devices: none in particular. No fingerprint is empty. */
export const ANYONE = "";

/** A device that waits, as a choice. */
export function targetOf({ fingerprint, name, words }: Pending): Target {
  return [fingerprint, `${isolate(name)} · ${words.join(" ")}`];
}

/**
 * For which device a PIN is, unless the owner says otherwise: one that waits, since then no neighbour can use it up.
 * `before` is what was proposed the last time, which stays: what the owner has read must be what the press is for.
 */
export function proposal(before: Target | undefined, waiting: readonly Pending[]): Target | undefined {
  const likeliest = waiting.find((knock) => knock.looks_like == null) ?? waiting[0];
  return before ?? (likeliest && targetOf(likeliest));
}

/** The choices, and the target if it is none of them any more: its PIN must not end up with another device. */
export function choices(
  target: Target | undefined,
  waiting: readonly Pending[],
): { present: readonly Target[]; left: Target | undefined } {
  const present = waiting.map(targetOf);
  const gone = target !== undefined && target[0] !== ANYONE && !present.some(([one]) => one === target[0]);
  return { present, left: gone ? target : undefined };
}
