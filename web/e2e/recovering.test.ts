import { expect } from "vitest";
import { readable } from "./support/axe";
import { test } from "./support/test";

test("a page whose host is cut off says so, and is live again by itself once the host is back", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await page.goto("/devices");
  const live = page.getByText(t.app.live, { exact: true });
  await live.waitFor();
  await page.evaluate(() => document.body.setAttribute("data-not-reloaded", ""));

  await host.kill();
  await page.getByText(t.app.lost).waitFor();
  expect(await live.count()).toBe(0);
  await readable(page, "a page that has lost its host");

  await host.boot();
  await live.waitFor();
  expect(await page.getByText(t.app.lost).count()).toBe(0);
  device(host).connect("Tablet");
  await page.getByRole("button", { name: t.knock.approveName("Tablet") }).waitFor();
  expect(await page.locator("body[data-not-reloaded]").count()).toBe(1);
});

test("a page that gets no events looks every few seconds instead, says so, and is live once they come", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await page.route("**/api/v1/events", (route) => route.abort());
  await page.goto("/devices");
  await page.getByText(t.devices.nobodyWaits).waitFor();
  await page.getByText(t.app.polling).waitFor({ state: "attached" });
  device(host).connect("Tablet");
  await page.getByRole("button", { name: t.knock.approveName("Tablet") }).waitFor();
  expect(await page.getByText(t.app.live, { exact: true }).count()).toBe(0);
  await readable(page, "a page without events");

  await page.unroute("**/api/v1/events");
  await page.getByText(t.app.live, { exact: true }).waitFor();
});
