import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The OpenAPI document of the host. */
export function openApiDocument(): OpenApi {
  return JSON.parse(readFileSync(join(root, "../docs/api/openapi.json"), "utf8")) as OpenApi;
}

/** The JSON Schema of the policy. */
export function policySchema(): PolicySchema {
  return JSON.parse(readFileSync(join(root, "../config-schema/policy.schema.json"), "utf8")) as PolicySchema;
}

/** A section or key of the policy, as far as the tests read it. */
export interface PolicySchema {
  description?: string;
  properties?: Record<string, PolicySchema>;
}

/** A source file of the host, for what both have to agree on. */
export function hostSource(path: string): string {
  return readFileSync(join(root, "../host", path), "utf8");
}

/** The parts of the document that the tests read. */
export interface OpenApi {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { examples?: object }> }> }>
  >;
  components: { schemas: Record<string, { enum?: string[] }> };
}

/** Every source file of the console whose path passes, by its path. */
export function sources(passes: (path: string) => boolean): Map<string, string> {
  const paths = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => /\.(tsx?|css)$/.test(path) && !path.endsWith(".d.ts") && passes(path));
  return new Map(files.map((path) => [path, readFileSync(join(root, "src", path), "utf8")]));
}

/** Every package that the console is made with, by its place. */
export function lockFile(): { packages: Record<string, { license?: string; dev?: boolean }> } {
  return JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as ReturnType<typeof lockFile>;
}

/** The page that all others are shown in. */
export function indexPage(): string {
  return readFileSync(join(root, "index.html"), "utf8");
}
