import { describe, expect, it } from "vitest";
import { preferred } from "../src/i18n";
import { de } from "../src/i18n/de";
import { en } from "../src/i18n/en";
import { sources } from "./places";

/** Texts that are the same in both languages. */
const SAME = new Set([
  "Live",
  "API",
  "Version 7",
  "Encoder",
  "Name",
  "Status",
  "English",
  "Deutsch",
  "Parameter",
  "7 (7)",
]);

type Leaf = string | ((...args: never[]) => string);

/** Every text with its path: `knock.approve`. */
function leaves(tree: object, prefix = ""): [string, Leaf][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "object" ? leaves(value, `${prefix}${key}.`) : [[prefix + key, value as Leaf] as [string, Leaf]],
  );
}

/** A text as it would be shown, with made-up values in it. */
function shown(leaf: Leaf): string {
  return typeof leaf === "string" ? leaf : leaf(...([7, 7, 7, 7] as never[]));
}

describe("the texts", () => {
  it("are all used", () => {
    const code = [...sources((path) => !path.startsWith("i18n/en") && !path.startsWith("i18n/de")).values()].join("\n");
    const used = (path: string) => {
      const parent = path.slice(0, path.lastIndexOf("."));
      // A whole group is used where one of it is looked up by a value, or it is handed over.
      const group = parent.includes(".") || parent === "nav" ? [`t.${parent}[`, `t.${parent};`] : [];
      return (
        new RegExp(`\\bt\\.${path.replaceAll(".", "\\.")}\\b`).test(code) || group.some((use) => code.includes(use))
      );
    };
    expect(
      leaves(en)
        .map(([path]) => path)
        .filter((path) => !used(path)),
    ).toEqual([]);
  });

  it("are there in both languages, with the same values to fill in", () => {
    const shape = (tree: object) => leaves(tree).map(([path, leaf]) => `${path} ${typeof leaf}`);
    expect(shape(de)).toEqual(shape(en));
  });

  it("are translated", () => {
    const german = new Map(leaves(de));
    const left = leaves(en).filter(([path, leaf]) => {
      const text = shown(leaf);
      return text === shown(german.get(path) ?? "") && /\p{L}/u.test(text.replaceAll("7", "")) && !SAME.has(text);
    });
    expect(left.map(([path]) => path)).toEqual([]);
  });

  it("hold no empty text and no value that was not filled in", () => {
    for (const [path, leaf] of [...leaves(en), ...leaves(de)]) {
      const text = shown(leaf);
      expect(text.trim(), path).not.toBe("");
      expect(text, path).not.toMatch(/undefined|\[object|NaN|=>/);
    }
  });
});

describe("the language", () => {
  it("is the first of the browser that the console speaks", () => {
    expect(preferred(["fr-FR", "de-AT", "en-GB"])).toBe("de");
    expect(preferred(["en-GB", "de"])).toBe("en");
  });

  it("is English where the browser wants none of them", () => {
    expect(preferred(["fr", "ja"])).toBe("en");
    expect(preferred([])).toBe("en");
  });
});
