/** The parts of an OpenAPI 3.1 document that the viewer shows. */
export interface Document {
  paths: Record<string, Record<string, RawOperation>>;
  components?: { schemas?: Record<string, Schema> };
}

interface RawOperation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { required?: boolean; content?: Record<string, Media> };
  responses?: Record<string, { description?: string; content?: Record<string, Media> }>;
}

interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
}

/** A JSON schema, as far as it is shown. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  example?: unknown;
  examples?: unknown[];
  default?: unknown;
}

/** One call of the API, ready to be shown. */
export interface Operation {
  method: string;
  path: string;
  tag: string;
  summary: string;
  description: string;
  parameters: Field[];
  body: Field[];
  bodyExample: string | undefined;
  answers: Answer[];
  refusals: Refused[];
}

/** A named value: of a path, a query, a body or an answer. */
export interface Field {
  /** Dotted; `[]` stands for each element of a list. */
  name: string;
  type: string;
  required: boolean;
  description: string;
}

/** What a call comes to when it works. */
export interface Answer {
  status: string;
  description: string;
  type: string;
  fields: Field[];
  example: string | undefined;
}

/** What a call comes to when it is refused. */
export interface Refused {
  status: string;
  code: string;
  when: string;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** How deep the fields of a body or an answer are unfolded. */
const DEPTH = 3;

/** Every call of a document, by tag and in the order of the document. */
export function operations(document: Document): Map<string, Operation[]> {
  const byTag = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const raw = methods[method];
      if (raw !== undefined) {
        const operation = read(document, method.toUpperCase(), path, raw);
        byTag.set(operation.tag, [...(byTag.get(operation.tag) ?? []), operation]);
      }
    }
  }
  return byTag;
}

/** A call as a command line. */
export function curl(operation: Operation, origin: string): string {
  const parts = ["curl", "--insecure", '--header "Authorization: Bearer $TOKEN"'];
  if (operation.method !== "GET") {
    parts.push(`--request ${operation.method}`);
  }
  if (operation.bodyExample !== undefined) {
    parts.push(`--json '${operation.bodyExample.replace(/'/g, `'\\''`)}'`);
  }
  return `${parts.join(" ")} ${origin}${operation.path}`;
}

function read(document: Document, method: string, path: string, raw: RawOperation): Operation {
  const body = media(raw.requestBody?.content);
  const answers: Answer[] = [];
  const refusals: Refused[] = [];
  for (const [status, response] of Object.entries(raw.responses ?? {})) {
    const content = media(response.content);
    if (Number(status) < 400) {
      answers.push({
        status,
        description: response.description ?? "",
        type: content?.schema === undefined ? "" : typeOf(document, content.schema),
        fields: fieldsOf(document, content?.schema),
        example: exampleOf(document, content),
      });
    } else {
      refusals.push(...refusedBy(status, content, response.description ?? ""));
    }
  }
  return {
    method,
    path,
    tag: raw.tags?.[0] ?? "",
    summary: raw.summary ?? "",
    description: raw.description ?? "",
    parameters: (raw.parameters ?? []).map((parameter) => ({
      name: parameter.name,
      type: parameter.schema === undefined ? parameter.in : `${typeOf(document, parameter.schema)}, ${parameter.in}`,
      required: parameter.required === true,
      description: parameter.description ?? "",
    })),
    body: fieldsOf(document, body?.schema),
    bodyExample: exampleOf(document, body),
    answers,
    refusals,
  };
}

function media(content: Record<string, Media> | undefined): Media | undefined {
  return content === undefined ? undefined : Object.values(content)[0];
}

/** The refusals of a status: one for each example, whose name is the code. */
function refusedBy(status: string, content: Media | undefined, description: string): Refused[] {
  const examples = Object.entries(content?.examples ?? {});
  if (examples.length === 0) {
    return [{ status, code: "", when: description }];
  }
  return examples.map(([code, { value }]) => ({
    status,
    code,
    when: typeof value === "object" && value !== null && "error" in value ? String(value.error) : "",
  }));
}

function resolve(document: Document, schema: Schema): Schema {
  const name = nameOf(schema);
  return name === undefined ? schema : (document.components?.schemas?.[name] ?? {});
}

function nameOf(schema: Schema): string | undefined {
  return schema.$ref?.split("/").pop();
}

/** The schema without "or null", which `required` says already. */
function present(schema: Schema): Schema {
  const choices = (schema.oneOf ?? schema.anyOf)?.filter((choice) => choice.type !== "null");
  return choices?.length === 1 && choices[0] !== undefined ? choices[0] : schema;
}

/** A type in a few words: `string`, `Pending[]`, `"watch" | "play"`. */
export function typeOf(document: Document, schema: Schema): string {
  const shown = present(schema);
  const name = nameOf(shown);
  const target = resolve(document, shown);
  const words = constants(target);
  if (words.length > 0) {
    return words.map((value) => JSON.stringify(value)).join(" | ");
  }
  if (name !== undefined) {
    return name;
  }
  if (shown.items !== undefined) {
    return `${typeOf(document, shown.items)}[]`;
  }
  const types = (Array.isArray(shown.type) ? shown.type : [shown.type ?? ""]).filter((type) => type !== "null");
  return types.join(" | ");
}

function constants(schema: Schema): unknown[] {
  if (schema.enum !== undefined) {
    return schema.enum;
  }
  if (schema.const !== undefined) {
    return [schema.const];
  }
  const choices = schema.oneOf ?? [];
  const all = choices.map(constants);
  return all.length > 0 && all.every((values) => values.length > 0) ? all.flat() : [];
}

function fieldsOf(document: Document, schema: Schema | undefined, prefix = "", depth = DEPTH): Field[] {
  if (schema === undefined || depth === 0) {
    return [];
  }
  const target = resolve(document, present(schema));
  if (target.items !== undefined) {
    return fieldsOf(document, target.items, prefix === "" ? "" : `${prefix.slice(0, -1)}[].`, depth);
  }
  const merged = [target, ...(target.allOf ?? []).map((part) => resolve(document, part))];
  return merged.flatMap((part) =>
    Object.entries(part.properties ?? {}).flatMap(([name, property]) => [
      {
        name: prefix + name,
        type: typeOf(document, property),
        required: part.required?.includes(name) === true,
        description: property.description ?? resolve(document, present(property)).description ?? "",
      },
      ...fieldsOf(document, property, `${prefix}${name}.`, depth - 1),
    ]),
  );
}

function exampleOf(document: Document, content: Media | undefined): string | undefined {
  if (content === undefined) {
    return undefined;
  }
  const given = content.example ?? Object.values(content.examples ?? {})[0]?.value;
  if (typeof given === "string") {
    return given;
  }
  const example = given ?? (content.schema === undefined ? undefined : sample(document, content.schema));
  return example === undefined ? undefined : JSON.stringify(example, null, 2);
}

/** A value that fits a schema, made of the examples of its parts. */
export function sample(document: Document, schema: Schema, depth = DEPTH + 1): unknown {
  const own = schema.example ?? schema.examples?.[0];
  if (own !== undefined) {
    return own;
  }
  const target = resolve(document, present(schema));
  const known = target.example ?? target.examples?.[0] ?? constants(target)[0] ?? target.default;
  if (known !== undefined && known !== null) {
    return known;
  }
  if (depth === 0) {
    return undefined;
  }
  if (target.items !== undefined) {
    const element = sample(document, target.items, depth - 1);
    return element === undefined ? [] : [element];
  }
  const properties = [target, ...(target.allOf ?? []).map((part) => resolve(document, part))].flatMap((part) =>
    Object.entries(part.properties ?? {}),
  );
  if (properties.length > 0) {
    return Object.fromEntries(properties.map(([name, property]) => [name, sample(document, property, depth - 1)]));
  }
  const type = Array.isArray(target.type) ? target.type.find((one) => one !== "null") : target.type;
  switch (type) {
    case "integer":
    case "number":
      return 0;
    case "boolean":
      return false;
    case "string":
      return "…";
    case "object":
      return {};
    default:
      return undefined;
  }
}
