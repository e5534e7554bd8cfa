import { useMessages } from "../i18n";
import { groups } from "../i18n/format";

/** The colour of a fingerprint. It is an ornament beside the words, which say the same in full. */
export function Swatch({ colour }: { colour: string }) {
  return (
    <svg class="swatch" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <rect width="40" height="40" rx="10" fill={colour} />
    </svg>
  );
}

/** Words that two people can compare across a room: those of a fingerprint, if nothing else is said. */
export function Words({ words, label }: { words: readonly string[]; label?: string }) {
  const t = useMessages();
  return (
    <ol class="words" aria-label={label ?? t.device.words} translate={false} lang="en">
      {words.map((word, index) => (
        <li key={index}>{word}</li>
      ))}
    </ol>
  );
}

/** What a device shows of its fingerprint: no two devices share it, whatever they call themselves. */
export interface Looks {
  words: readonly string[];
  colour: string;
}

/** What is shown of a fingerprint, if there is one. */
export function looksOf(of: { words?: readonly string[] | null; colour?: string | null }): Looks | undefined {
  return of.words == null || of.colour == null ? undefined : { words: of.words, colour: of.colour };
}

/** A device, by its name and by what nobody can give himself. It is `small` where it stands in a line of text. */
export function Identity({ name, of, small = false }: { name: string; of: Looks; small?: boolean }) {
  return (
    <div class={small ? "identity identity--small" : "identity"}>
      <Swatch colour={of.colour} />
      <div>
        <p class="identity__name">
          <bdi>{name}</bdi>
        </p>
        <Words words={of.words} />
      </div>
    </div>
  );
}

/** All of a fingerprint, folded away: for machines and the very careful. */
export function Hex({ fingerprint }: { fingerprint: string }) {
  const t = useMessages();
  return (
    <details class="hex">
      <summary>{t.device.hex}</summary>
      <code>{groups(fingerprint)}</code>
    </details>
  );
}
