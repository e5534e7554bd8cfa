import { accessSync, constants, mkdirSync, rmSync } from "node:fs";
import { CHROMIUM, CLIENT, HOST, SHOTS } from "./places";

/** Says what is missing before the first test does, and makes room for the pictures of this run. */
export default function setup(): void {
  for (const [program, how] of [
    [HOST, "cargo build --workspace --bins"],
    [CLIENT, "cargo build --workspace --bins"],
    [CHROMIUM, "apt-get install chromium"],
  ] as const) {
    try {
      accessSync(program, constants.X_OK);
    } catch {
      throw new Error(`${program} is not there: ${how}`);
    }
  }
  rmSync(SHOTS, { recursive: true, force: true });
  mkdirSync(SHOTS, { recursive: true });
}
