import { expect, it } from "vitest";
import { routeOf, routes } from "../src/routes";

it("every page is found by its address, with or without a slash at the end", () => {
  for (const [name, path] of Object.entries(routes)) {
    expect(routeOf(path)).toBe(name);
    expect(routeOf(`${path.replace(/\/$/, "")}/`)).toBe(name);
  }
});

it("no other address is a page", () => {
  for (const path of ["/nothing", "/devices/x", "/api", "", "/DEVICES"]) {
    expect(routeOf(path)).toBeUndefined();
  }
});
