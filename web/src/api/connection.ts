import { createStore } from "../lib/store";

/**
 * How the console hears from the box: `live` by events, `polling` while events fail but calls are answered, `lost`
 * when nothing is answered.
 */
export type Connection = "live" | "polling" | "lost";

export const connection = createStore<Connection>("polling");

let answered = true;
let events = false;

/** A call was answered, with whatever result. */
export function reached(): void {
  answered = true;
  tell();
}

/** A call was not answered. */
export function unreached(): void {
  answered = false;
  tell();
}

/** Whether the host's events come in now. */
export function eventsCome(come: boolean): void {
  events = come;
  answered ||= come;
  tell();
}

function tell(): void {
  connection.set(!answered ? "lost" : events ? "live" : "polling");
}
