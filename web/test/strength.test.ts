import { describe, expect, it } from "vitest";
import { acceptable, LEAST, strengthOf } from "../src/lib/strength";

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

  it("counts characters and not their bytes", () => {
    expect(acceptable("🙂".repeat(LEAST - 1))).toBe(false);
    expect(acceptable("🙂".repeat(LEAST))).toBe(true);
  });
});
