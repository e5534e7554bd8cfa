import { useEffect, useState } from "preact/hooks";

/** A value outside of the component tree that components can follow. */
export interface Store<T> {
  get(): T;
  set(next: T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(value, next)) {
        return;
      }
      value = next;
      for (const listener of [...listeners]) {
        listener();
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The value of a store, kept up to date. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.get);
  useEffect(() => {
    const follow = () => setValue(() => store.get());
    follow();
    return store.subscribe(follow);
  }, [store]);
  return value;
}

/** A store whose value is kept by this browser; what was kept is only believed when `known` says so. */
export function createKeptStore<T extends string>(key: string, known: readonly T[], fallback: T): Store<T> {
  const kept = read(key);
  const store = createStore<T>(known.find((value) => value === kept) ?? fallback);
  return {
    ...store,
    set(next) {
      write(key, next);
      store.set(next);
    },
  };
}

/** Storage can be forbidden or full; then a choice holds until the page is closed. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice holds until the page is closed.
  }
}
