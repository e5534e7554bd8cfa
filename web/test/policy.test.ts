import { describe, expect, it } from "vitest";
import { described } from "../src/i18n/policy";
import { policyKeys } from "../src/i18n/policy.de";
import { type PolicySchema, policySchema } from "./places";

/** Every key with its description: `pairing.pin.digits`. */
function keysOf(schema: PolicySchema, path: string[] = []): [string, string][] {
  return schema.properties === undefined
    ? [[path.join("."), schema.description ?? ""]]
    : Object.entries(schema.properties).flatMap(([name, part]) => keysOf(part, [...path, name]));
}

const keys = keysOf(policySchema());

describe("the policy", () => {
  it.each(keys)(
    "says in German what %s is for: a changed description wants src/i18n/policy.de.ts changed",
    (_, what) => {
      expect(described("de", what)).toEqual({ text: policyKeys[what], language: "de" });
    },
  );

  it("has all its keys looked at", () => {
    expect(keys.map(([path]) => path)).toContain("pairing.pending.ttl");
    expect(keys.length).toBeGreaterThan(30);
  });

  it("stays in the host's words in English, and where a key is newer than the console", () => {
    const [, what] = keys[0] ?? ["", ""];
    expect(described("en", what)).toEqual({ text: what, language: "en" });
    expect(described("de", "of the future")).toEqual({ text: "of the future", language: "en" });
  });

  it("keeps the words that a file is written in", () => {
    const code = (text: string) => [...text.matchAll(/`([^`]*)`/g)].map(([, word]) => word?.replace("PFAD", "PATH"));
    for (const [english, german] of Object.entries(policyKeys)) {
      expect(code(german).sort(), german).toEqual(code(english).sort());
      expect(german).toMatch(/[.]$/);
    }
  });
});
