import { describe, expect, it } from "vitest";
import type { Pending } from "../src/api/types";
import { ANYONE, choices, proposal, targetOf } from "../src/pages/devices/pin-target";

const knock = (letter: string, more: Partial<Pending> = {}) =>
  ({ fingerprint: letter.repeat(64), name: `device ${letter}`, words: ["amber", "birch"], ...more }) as Pending;

const trusted = { looks_like: { fingerprint: "f".repeat(64), name: "device f" } } as Partial<Pending>;

describe("a PIN", () => {
  it("is for a device that waits, and rather for one that looks like no other", () => {
    expect(proposal(undefined, [])).toBeUndefined();
    expect(proposal(undefined, [knock("a"), knock("b")])?.[0]).toBe("a".repeat(64));
    expect(proposal(undefined, [knock("a", trusted), knock("b")])?.[0]).toBe("b".repeat(64));
    expect(proposal(undefined, [knock("a", trusted)])?.[0]).toBe("a".repeat(64));
  });

  it("stays for the device that the owner has read, whoever comes and goes", () => {
    const read = proposal(undefined, [knock("a")]);
    expect(proposal(read, [knock("b"), knock("a")])).toBe(read);
    expect(proposal(read, [knock("b")])).toBe(read);
  });

  it("for a device that has left is for nobody until the owner chooses again", () => {
    const read = targetOf(knock("a"));
    expect(choices(read, [knock("a"), knock("b")]).left).toBeUndefined();
    expect(choices(read, [knock("b")])).toEqual({ present: [targetOf(knock("b"))], left: read });
    expect(choices([ANYONE, "anyone"], []).left).toBeUndefined();
    expect(choices(undefined, []).left).toBeUndefined();
  });
});
