/** How hard a password is to guess. */
export type Strength = "empty" | "short" | "weak" | "fair" | "good" | "strong";

/** The fewest characters that the host takes. */
export const LEAST = 10;

/** Bits from which a password is called fair, good and strong. */
const FAIR = 40;
const GOOD = 55;
const STRONG = 75;

/** What is tried first by whoever guesses. The host refuses each of them, whatever stands around its letters; a test holds the lists together. */
export const OBVIOUS: readonly string[] = [
  "password",
  "passwort",
  "passphrase",
  "punktfunk",
  "administrator",
  "administratorin",
  "adminadmin",
  "letmein",
  "letmeinplease",
  "iloveyou",
  "ichliebedich",
  "welcome",
  "willkommen",
  "qwertyuiop",
  "qwertzuiop",
  "asdfghjkl",
  "changeme",
  "livingroom",
  "wohnzimmer",
  "streaming",
  "moonlight",
  "sunshine",
];

/** What makes a password no harder to guess, wherever it stands in it. */
const COMMON = [...OBVIOUS, "qwerty", "qwertz", "admin", "hallo"];

/** Estimates how hard a password is to guess. The host decides by itself; this is for the one who types. */
export function strengthOf(password: string): Strength {
  const length = [...password].length;
  if (length === 0) {
    return "empty";
  }
  if (length < LEAST) {
    return "short";
  }
  if (isObvious(password)) {
    return "weak";
  }
  const bits = bitsOf(password);
  return bits < FAIR ? "weak" : bits < GOOD ? "fair" : bits < STRONG ? "good" : "strong";
}

/** Whether it is worth sending. */
export function acceptable(password: string): boolean {
  const strength = strengthOf(password);
  return strength !== "empty" && strength !== "short";
}

/** Whether the host refuses it as one of the first that anybody would try: a known word in disguise, or few characters. */
function isObvious(password: string): boolean {
  const text = password.normalize("NFC").toLowerCase();
  return OBVIOUS.includes(text.replace(/\P{Alphabetic}/gu, "")) || new Set(text).size < 4;
}

/**
 * Bits of guessing work, estimated low: what repeats, runs on or is a common word counts next to nothing, and a letter
 * after a letter counts like one of running text.
 */
function bitsOf(password: string): number {
  let text = password.toLowerCase();
  let bits = 0;
  for (const word of COMMON) {
    while (text.includes(word)) {
      text = text.replace(word, " ");
      bits += 3;
    }
  }
  const characters = [...text];
  const seen = new Set<string>();
  characters.forEach((character, index) => {
    const step = stepFrom(characters[index - 1], character);
    const before = characters[index - 1];
    if (step === 0 || step === 1 || step === -1) {
      bits += 0.5;
    } else if (seen.has((before ?? "") + character)) {
      bits += 1;
    } else if (/\p{L}/u.test(character)) {
      bits += before !== undefined && /\p{L}/u.test(before) ? 2.6 : 4;
    } else {
      bits += /\d/.test(character) ? 3 : 4;
    }
    seen.add((before ?? "") + character);
  });
  const capitals = [...password].filter((character) => character !== character.toLowerCase()).length;
  return bits + Math.min(capitals, 4);
}

function stepFrom(before: string | undefined, character: string): number | undefined {
  const [from, to] = [before?.codePointAt(0), character.codePointAt(0)];
  return from === undefined || to === undefined ? undefined : to - from;
}
