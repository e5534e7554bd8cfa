import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");
const bin = process.env["PUNKTFUNK_BIN"] ?? resolve(root, "target/debug");

/** The host under test. */
export const HOST = resolve(bin, "punktfunk-host");
/** The reference client. */
export const CLIENT = resolve(bin, "punktfunk-client");
/** Debian's browser. */
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Where the pictures of the pages go. */
export const SHOTS = resolve(root, "target/console-shots");

/** Longer than anything takes on a busy machine, in milliseconds. */
export const PATIENCE = 30_000;
