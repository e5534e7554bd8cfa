/**
 * Compresses what Vite built, once and as small as it goes, so that the host only hands it out; and ends the build when
 * the console has become too heavy for its first load.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** The most that a browser may load before the console stands there, in bytes as sent (brotli). */
const FIRST_LOAD = 120_000;
const TEXT = /\.(html|js|css|svg|json|txt|webmanifest)$/;
/** Less than this saved is not worth a decoder's time. */
const WORTH = 0.95;

const dist = new URL("../dist/", import.meta.url);
const names = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
  .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/\/+/g, "/").slice(dist.pathname.length));

const sent = new Map(names.map((name) => [name, pack(name)]));
const page = readFileSync(new URL("index.html", dist), "utf8");
const first = names.filter((name) => name === "index.html" || page.includes(`"/${name}"`));
const sum = (/** @type {string[]} */ some) => some.reduce((all, name) => all + (sent.get(name) ?? 0), 0);
const kB = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`;

console.log(
  `first load ${kB(sum(first))} of at most ${kB(FIRST_LOAD)}; all ${names.length} files ${kB(sum(names))}, compressed`,
);
if (sum(first) > FIRST_LOAD) {
  const heaviest = first
    .sort((a, b) => (sent.get(b) ?? 0) - (sent.get(a) ?? 0))
    .map((name) => `${name} ${kB(sent.get(name) ?? 0)}`);
  console.error(`The first load is too heavy: ${heaviest.join(", ")}. Load what is rarely seen on demand.`);
  process.exit(1);
}

/** Writes the compressed forms of a file; its size as most browsers get it, in bytes. */
function pack(/** @type {string} */ name) {
  const file = new URL(name, dist);
  const plain = readFileSync(file);
  if (!TEXT.test(name)) {
    return plain.length;
  }
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  const br = brotliCompressSync(plain, { params });
  const gz = gzipSync(plain, { level: constants.Z_BEST_COMPRESSION });
  for (const [bytes, ending] of /** @type {const} */ ([
    [br, ".br"],
    [gz, ".gz"],
  ])) {
    if (bytes.length < plain.length * WORTH) {
      writeFileSync(new URL(`${name}${ending}`, dist), bytes);
    }
  }
  return Math.min(br.length, plain.length);
}
