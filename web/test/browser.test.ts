import { expect, it } from "vitest";
import { browserName } from "../src/i18n/browser";

it.each([
  ["Firefox on Android", "Firefox", "Android", "Firefox auf Android"],
  ["Chrome on Linux", "Chrome", "Linux", "Chrome unter Linux"],
  ["Samsung Internet", "Samsung Internet", undefined, "Samsung Internet"],
  ["A browser on iPhone", undefined, "iPhone", "Ein Browser auf iPhone"],
  ["A browser", undefined, null, "Ein Browser"],
])("a browser that the host calls %s is made of %s and %s: %s in German", (label, browser, system, german) => {
  expect(browserName("de", { label, browser, system })).toBe(german);
  expect(browserName("en", { label, browser, system })).toBe(label);
  expect(browserName("en", { browser, system })).toBe(label);
});
