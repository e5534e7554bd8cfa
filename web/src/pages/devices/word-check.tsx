import { useState } from "preact/hooks";
import { useMessages } from "../../i18n";

/** Has the owner tick each word of a fingerprint, so that a device that looks like another is not approved by habit. */
export function WordCheck({ words, onDone }: { words: readonly string[]; onDone: (all: boolean) => void }) {
  const t = useMessages();
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const toggle = (index: number) => {
    const next = new Set(ticked);
    if (!next.delete(index)) {
      next.add(index);
    }
    setTicked(next);
    onDone(next.size === words.length);
  };
  return (
    <fieldset class="word-check">
      <legend>{t.knock.compareTitle}</legend>
      <p class="muted">{t.knock.compareText}</p>
      <div class="word-check__words">
        {words.map((word, index) => (
          <label key={index} class="check">
            <input type="checkbox" checked={ticked.has(index)} onChange={() => toggle(index)} />
            <span translate={false} lang="en">
              {word}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
