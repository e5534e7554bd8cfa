import { describe, expect, it } from "vitest";
import { acceptable, LEAST, OBVIOUS, strengthOf } from "../src/lib/strength";
import { hostSource } from "./places";

describe("the strength of a password", () => {
  it.each([
    ["", "empty"],
    ["kurz", "short"],
    ["123456789", "short"],
    ["1234567890", "weak"],
    ["aaaaaaaaaaaaaaaa", "weak"],
    ["password123", "weak"],
    ["punktfunk punktfunk", "weak"],
    ["abababababababab", "weak"],
    ["P-a-s-s-w-o-r-d", "weak"],
    ["!a!d!m!i!n!i!s!t!r!a!t!o!r!", "weak"],
    ["correct horse battery staple", "good"],
    ["grüne Wolken ziehen langsam über kalte Berge", "strong"],
    ["xK9$mQ2!vL7#pR4&", "good"],
  ] as const)("%j is %s", (password, strength) => {
    expect(strengthOf(password)).toBe(strength);
  });

  it("never falls when a password is made longer by a new word", () => {
    const order = ["empty", "short", "weak", "fair", "good", "strong"];
    const words = ["tulip", "walrus", "comet", "fiddle", "oyster", "jungle", "brick"];
    const ranks = words.map((_, index) => order.indexOf(strengthOf(words.slice(0, index + 1).join(" "))));
    expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
    expect(ranks[ranks.length - 1]).toBe(order.indexOf("strong"));
  });

  it("is never more than weak for what the host refuses as obvious", () => {
    const source = hostSource("daemon/src/owner/password.rs");
    const [, count, list] = /const OBVIOUS: \[&str; (\d+)\] = \[([^\]]*)\]/.exec(source) ?? [];
    expect(list?.match(/\w+/g)).toEqual(OBVIOUS);
    expect(OBVIOUS).toHaveLength(Number(count));
    for (const word of OBVIOUS) {
      expect(["short", "weak"], word).toContain(strengthOf(word));
      expect(["short", "weak"], word).toContain(strengthOf(`${[...word].join("-")}2026!`));
    }
  });

  it("counts characters and not their bytes", () => {
    expect(acceptable("🙂".repeat(LEAST - 1))).toBe(false);
    expect(acceptable("🙂".repeat(LEAST))).toBe(true);
  });
});
