/** A JSON value as a policy file would hold it, in one line. */
export function inline(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(inline).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, part]) => `${key}: ${inline(part)}`);
    return `{ ${entries.join(", ")} }`;
  }
  return String(value);
}
