import { gatherer } from "../lib/gather";
import { eventsCome } from "./connection";
import { keys, queryClient, refetchAll } from "./queries";
import type { HostEvent } from "./types";

type Happened = Exclude<HostEvent["event"], "hello" | "missed">;

/** Which lists each event of the host makes stale. An event that the document names and this does not is a type error. */
const STALE: Record<Happened, readonly (readonly string[])[]> = {
  "pairing.pending": [keys.pending, keys.status, keys.record],
  "pairing.answered": [keys.pending, keys.ignored, keys.status, keys.record],
  "pairing.armed": [keys.pin, keys.record],
  "pairing.disarmed": [keys.pin, keys.record],
  "pairing.wrong_pin": [keys.pin, keys.status, keys.record],
  "device.paired": [keys.clients, keys.pin, keys.status, keys.record],
  "device.changed": [keys.clients, keys.status, keys.record],
  "device.access_ended": [keys.clients, keys.status, keys.record],
  "stream.started": [keys.status, keys.clients],
  "stream.ended": [keys.status, keys.clients],
  "owner.claimed": [keys.session, keys.record],
  "owner.signed_in": [keys.browsers, keys.record],
  "owner.password_changed": [keys.session, keys.browsers, keys.record],
  "owner.reset": [keys.session, keys.record],
  "owner.token_made": [keys.tokens, keys.record],
  "owner.token_revoked": [keys.tokens, keys.record],
  "session.ended": [keys.session, keys.browsers, keys.record],
  "status.changed": [keys.status],
  "policy.reloaded": [keys.policy, keys.status],
  "policy.failed": [keys.policy, keys.status],
  "store.failed": [keys.status],
  "store.recovered": [keys.status],
};

/** Milliseconds before a stream of events that the browser has given up is opened again: at first, and at most. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15_000;

/** The name that everything which is kept of the host begins with. */
const EVERYTHING: readonly string[] = [];

/**
 * Follows the host's events and marks as stale what they are about, until the returned function is called.
 *
 * Events say that something has changed and never what to show: the lists themselves are asked for again, once for all
 * events of a moment. Whoever makes the host tell much must not make every open console ask as much.
 */
export function followEvents(): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT;
  const stale = gatherer<readonly string[]>((gathered) => {
    for (const queryKey of gathered.has(EVERYTHING) ? [EVERYTHING] : gathered) {
      void queryClient.invalidateQueries({ queryKey });
    }
  });

  const open = () => {
    source = new EventSource("/api/v1/events");
    source.onopen = () => {
      wait = FIRST_WAIT;
      eventsCome(true);
      // Whatever happened while nobody listened was missed.
      refetchAll();
    };
    source.onerror = () => {
      eventsCome(false);
      // Tells at once whether the box is away, or this browser no longer signed in.
      void queryClient.invalidateQueries({ queryKey: keys.session });
      if (source?.readyState === EventSource.CLOSED) {
        timer = setTimeout(open, wait);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    };
    source.addEventListener("missed", () => stale.add([EVERYTHING]));
    for (const [name, lists] of Object.entries(STALE)) {
      source.addEventListener(name, () => stale.add(lists));
    }
  };

  open();
  return () => {
    clearTimeout(timer);
    stale.stop();
    source?.close();
    eventsCome(false);
  };
}
