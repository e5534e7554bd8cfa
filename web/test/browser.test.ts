import { expect, it } from "vitest";
import { browserNamed } from "../src/i18n/browser";
import { hostSource } from "./places";

it.each([
  ["Firefox on Android", "Firefox auf Android"],
  ["Chrome on Linux", "Chrome unter Linux"],
  ["Samsung Internet", "Samsung Internet"],
  ["A browser on iPhone", "Ein Browser auf iPhone"],
  ["A browser", "Ein Browser"],
])("a browser that the host calls %s is %s in German", (label, german) => {
  expect(browserNamed("de", label)).toBe(german);
  expect(browserNamed("en", label)).toBe(label);
});

it("the host makes its names of browsers in this one form", () => {
  const source = hostSource("daemon/src/owner/label.rs");
  for (const form of ['"{browser} on {system}"', '"A browser on {system}"', '"A browser"']) {
    expect(source).toContain(form);
  }
});
