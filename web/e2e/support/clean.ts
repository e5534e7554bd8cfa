import { expect } from "vitest";

/** Fails if a name could do anything but stand there: controls, turns of direction, unseen letters, too much of it. */
export function clean(name: string): void {
  const isolated = name.replaceAll("\u2068", "").replaceAll("\u2069", "");
  expect(isolated).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(Buffer.byteLength(isolated)).toBeLessThanOrEqual(120);
  expect(isolated).not.toBe("");
}
