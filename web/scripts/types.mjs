// Writes src/api/schema.d.ts from the host's OpenAPI document.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const document = new URL("../../docs/api/openapi.json", import.meta.url);
const target = new URL("../src/api/schema.d.ts", import.meta.url);

/** The types of the document as it is now. */
export async function generate() {
  const ast = await openapiTS(document, { defaultNonNullable: false });
  return `// Generated from docs/api/openapi.json by \`npm run types\`. Do not edit.\n\n${astToString(ast)}`;
}

/** The types that are checked in. */
export async function checkedIn() {
  return readFile(target, "utf8");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(target, await generate());
}
