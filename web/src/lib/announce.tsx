import { createStore, useStore } from "./store";

/** What a screen reader is told, and for a moment everybody is shown. */
const announcement = createStore<{ text: string; number: number }>({ text: "", number: 0 });

/** Milliseconds for which an announcement is shown. */
const SHOWN = 6_000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Tells the outcome of an action, or that something has happened by itself. */
export function announce(text: string): void {
  announcement.set({ text, number: announcement.get().number + 1 });
  clearTimeout(timer);
  timer = setTimeout(() => announcement.set({ text: "", number: announcement.get().number }), SHOWN);
}

/** Where announcements appear; once in the document. */
export function Announcer() {
  const { text, number } = useStore(announcement);
  return (
    <div class="announcer" role="status" aria-live="polite">
      {text !== "" && (
        <p key={number} class="announcer__text">
          {text}
        </p>
      )}
    </div>
  );
}
