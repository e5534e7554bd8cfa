import { describe, expect, it } from "vitest";
import { curl, type Document, operations, sample, typeOf } from "../src/lib/openapi";
import { openApiDocument } from "./places";

const document: Document = {
  paths: {
    "/things/{id}": {
      post: {
        summary: "Makes a thing.",
        tags: ["things"],
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
        requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } },
        responses: {
          200: {
            description: "made",
            content: {
              "application/json": { schema: { type: "array", items: { $ref: "#/components/schemas/Thing" } } },
            },
          },
          409: {
            content: { "application/problem+json": { examples: { taken: { value: { error: "it is taken" } } } } },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Thing: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string", example: "it's", description: "Its name." },
          level: { oneOf: [{ type: "null" }, { $ref: "#/components/schemas/Level" }] },
          inside: { $ref: "#/components/schemas/Thing" },
        },
      },
      Level: { enum: ["watch", "play"] },
    },
  },
};

const [operation] = operations(document).get("things") ?? [];

describe("an operation of the document", () => {
  it("is read with its parameters and refusals", () => {
    expect(operation).toMatchObject({ method: "POST", path: "/things/{id}", summary: "Makes a thing." });
    expect(operation?.parameters).toEqual([{ name: "id", type: "integer, path", required: true, description: "" }]);
    expect(operation?.refusals).toEqual([{ status: "409", code: "taken", when: "it is taken" }]);
  });

  it("unfolds its body, and one that contains itself comes to an end", () => {
    const names = operation?.body.map(({ name }) => name) ?? [];
    expect(names.slice(0, 3)).toEqual(["name", "level", "inside"]);
    expect(names).toContain("inside.inside.name");
    expect(names).not.toContain("inside.inside.inside.name");
  });

  it("shows what may be absent as optional, in the words of its type", () => {
    expect(operation?.body[1]).toMatchObject({ type: '"watch" | "play"', required: false });
    expect(operation?.answers[0]).toMatchObject({ type: "Thing[]", status: "200" });
  });

  it("becomes a command line that a shell reads as it is meant", () => {
    const line = operation === undefined ? "" : curl(operation, "https://box");
    expect(line).toContain("--request POST");
    expect(line).toContain(`it'\\''s`);
    expect(line).toMatch(/https:\/\/box\/things\/\{id\}$/);
  });
});

it("an example is made of the examples of its parts", () => {
  expect(sample(document, { $ref: "#/components/schemas/Thing" }, 1)).toMatchObject({ name: "it's", level: "watch" });
  expect(typeOf(document, { type: ["string", "null"] })).toBe("string");
});

describe("the host's own document", () => {
  const own = openApiDocument() as unknown as Document;
  const all = [...operations(own).values()].flat();

  it("is shown whole", () => {
    const count = Object.values(own.paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
    expect(all).toHaveLength(count);
    expect(all.length).toBeGreaterThan(20);
  });

  it("describes every operation, and each refusal by a code", () => {
    for (const { method, path, summary, refusals } of all) {
      expect(summary, `${method} ${path}`).not.toBe("");
      expect(
        refusals.filter(({ code }) => code === ""),
        `${method} ${path}`,
      ).toEqual([]);
    }
  });

  it("has an example for every body", () => {
    for (const { method, path, body, bodyExample } of all) {
      expect(body.length > 0 && bodyExample === undefined, `${method} ${path}`).toBe(false);
    }
  });
});
