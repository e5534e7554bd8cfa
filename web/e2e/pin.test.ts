import { expect } from "vitest";
import { refusals } from "../src/i18n/refusals";
import { readable } from "./support/axe";
import { test } from "./support/test";
import { until } from "./support/until";

test("an armed PIN counts down in sight, is worth nothing once disarmed, and both can be read", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await page.goto("/devices");
  const panel = page.getByRole("region", { name: t.pin.title });
  await panel.getByRole("button", { name: t.pin.arm }).click();
  await panel.getByText(t.pin.unbound).waitFor();
  const digits = (await panel.locator(".pin__digits [aria-hidden]").textContent()) ?? "";
  expect(digits).toMatch(/^\d{4}$/);

  const timer = panel.getByRole("timer");
  const first = (await timer.textContent()) ?? "";
  expect(first).toMatch(/[12]:\d\d/);
  await until("a second less", async () => (await timer.textContent()) !== first);
  await readable(page, "an armed PIN");

  await panel.getByRole("button", { name: t.pin.disarm }).click();
  await panel.getByText(t.pin.disarmed).waitFor();
  await readable(page, "a PIN that was disarmed");
  const late = device(host).pair("Tablet", digits);
  expect(await late.ended(), late.err).toBe(1);
  expect((await host.locally("GET", "/native/clients")).json).toEqual([]);
});

test("a PIN never slides to another device when the one that it was meant for has left", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  device(host).connect("Tablet");
  const tablet = await until("a knock", async () => (await host.locally("GET", "/native/pending")).json[0]);
  await page.goto("/devices");
  const panel = page.getByRole("region", { name: t.pin.title });
  const bindTo = panel.getByLabel(t.pin.bindTo);
  await bindTo.waitFor();
  expect(await bindTo.inputValue()).toBe(tablet.fingerprint);

  device(host).connect("Stranger");
  await page.getByRole("heading", { name: "Stranger" }).waitFor();
  await host.locally("POST", `/native/pending/${tablet.id}/deny`, { ignore: false });
  await panel.getByText(t.pin.targetLeft).waitFor();
  expect(await bindTo.inputValue()).toBe(tablet.fingerprint);
  const arm = panel.getByRole("button", { name: t.pin.arm });
  expect(await arm.isDisabled()).toBe(true);

  const stranger = (await host.locally("GET", "/native/pending")).json[0];
  await bindTo.selectOption(stranger.fingerprint);
  await arm.click();
  await panel.getByText(t.pin.boundTo("Stranger")).waitFor();
  expect((await host.locally("GET", "/native/pair")).json.fingerprint).toBe(stranger.fingerprint);
});

test("a press while another browser has armed a PIN makes no second one: the armed one is shown, with the reason", async ({
  startHost,
  owner,
}) => {
  const host = await startHost();
  const { page, t, context } = await owner(host);
  await page.goto("/devices");
  const panel = page.getByRole("region", { name: t.pin.title });
  const arm = panel.getByRole("button", { name: t.pin.arm });
  await arm.waitFor();

  // As if the owner were quicker than the news.
  const before = await (await context.request.get("/api/v1/native/pair")).text();
  let pressed = false;
  await page.route("**/api/v1/native/pair", (route) =>
    pressed ? route.continue() : route.fulfill({ body: before, contentType: "application/json" }),
  );
  page.on("request", (request) => {
    pressed ||= request.method() === "POST";
  });
  const { pin } = (await host.locally("POST", "/native/pair/arm", {})).json;
  await arm.click();
  await panel.getByText(refusals.en.pin_armed).waitFor();
  expect(await panel.locator(".pin__digits [aria-hidden]").textContent()).toBe(pin);
  await readable(page, "a PIN that was armed elsewhere");

  await panel.getByRole("button", { name: t.pin.disarm }).click();
  await arm.waitFor();
  expect(await panel.getByText(refusals.en.pin_armed).count()).toBe(0);
  await arm.click();
  await panel.getByText(t.pin.unbound).waitFor();
});
