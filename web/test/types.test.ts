import { expect, it } from "vitest";
// @ts-expect-error A script without types of its own.
import { checkedIn, generate } from "../scripts/types.mjs";
import { indexPage, sources } from "./places";

it(
  "the types of the API are those of the host's document; if not, run `npm run types`",
  { timeout: 120_000 },
  async () => {
    const same = (await checkedIn()) === (await generate());
    expect(same).toBe(true);
  },
);

it("the page has no script and no style of its own, which the content policy forbids", () => {
  expect(indexPage()).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
});

it("no component writes a style attribute or HTML", () => {
  for (const [path, text] of sources((path) => path.endsWith(".tsx"))) {
    expect(text, path).not.toMatch(/\bstyle=|dangerouslySetInnerHTML|innerHTML/);
  }
});

it("every name that comes from a device is kept apart from the text around it", () => {
  for (const [path, text] of sources((path) => path.endsWith(".tsx"))) {
    // `{knock.name}` as the child of an element has to be the child of <bdi>.
    const bare = [
      ...text.matchAll(/(<\w+[^>]*>)\s*\{(?:knock|client|device|stream|entry|browser|token|status)\.(?:name|label)\}/g),
    ];
    expect(
      bare.map((match) => match[1]).filter((tag) => !tag?.startsWith("<bdi")),
      path,
    ).toEqual([]);
  }
});
