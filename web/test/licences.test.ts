import { expect, it } from "vitest";
import { lockFile } from "./places";

/** Licences under which code may be compiled into a program that is MIT or Apache-2.0. */
const COMPATIBLE = new Set(["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD"]);

it("everything that is compiled into the console may be", () => {
  const compiledIn = Object.entries(lockFile().packages).filter(([path, { dev }]) => path !== "" && dev !== true);
  expect(compiledIn.length).toBeGreaterThan(3);
  expect(compiledIn.filter(([, { license }]) => !COMPATIBLE.has(license ?? "")).map(([path]) => path)).toEqual([]);
});
