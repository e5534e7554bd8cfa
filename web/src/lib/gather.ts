/** Milliseconds for which things are gathered after some quiet, and at most while they keep coming. */
export const FIRST_PAUSE = 300;
export const LONGEST_PAUSE = 1_200;

/** Takes one thing after another and hands them over together. */
export interface Gatherer<T> {
  add(things: Iterable<T>): void;
  /** Forgets what has not been handed over yet. */
  stop(): void;
}

/**
 * Hands over what has come since the last time, each thing once, so that many of them cost no more than a few. The pause
 * before doubles while they keep coming, and is short again after one in which nothing came.
 */
export function gatherer<T>(handOver: (things: ReadonlySet<T>) => void): Gatherer<T> {
  let gathered = new Set<T>();
  let pause = FIRST_PAUSE;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    const things = gathered;
    gathered = new Set();
    if (things.size === 0) {
      timer = undefined;
      pause = FIRST_PAUSE;
      return;
    }
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    timer = setTimeout(flush, pause);
    handOver(things);
  };
  return {
    add(things) {
      for (const thing of things) {
        gathered.add(thing);
      }
      timer ??= setTimeout(flush, pause);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      gathered = new Set();
    },
  };
}
