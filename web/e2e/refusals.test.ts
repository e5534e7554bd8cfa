import { expect } from "vitest";
import { refusals } from "../src/i18n/refusals";
import { clean } from "./support/clean";
import { test } from "./support/test";
import { until } from "./support/until";
import type { Visitor } from "./support/visitor";

test("an approval of a knock that has been pushed out is explained, and nobody is let in", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost("pairing: { pending: { cap: 1, per_source: 1 } }");
  const { page, t, ...anna } = await owner(host);
  await page.goto("/devices");
  const first = device(host).connect("First");
  const approve = page.getByRole("button", { name: t.knock.approveName("First") });
  await approve.waitFor();

  await frozen(anna, page);
  await first.stop();
  device(host).connect("Second");
  await until("the second knock", async () => (await host.locally("GET", "/native/pending")).json[0].name === "Second");
  await approve.click();
  await page.getByText(refusals.en.knock_gone).waitFor();
  await page.getByRole("button", { name: t.knock.approveName("Second") }).waitFor();
  expect(await page.getByText(refusals.en.knock_gone).isVisible()).toBe(true);
  expect((await host.locally("GET", "/native/clients")).json).toEqual([]);
});

test("an approval of a knock that has changed meanwhile is explained, and nobody is let in", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t, ...anna } = await owner(host);
  await page.goto("/devices");
  const phone = device(host);
  phone.connect("Kitchen tablet");
  const approve = page.getByRole("button", { name: t.knock.approveName("Kitchen tablet") });
  await approve.waitFor();

  await frozen(anna, page);
  phone.connect("Bedroom tablet");
  await until(
    "the other name",
    async () => (await host.locally("GET", "/native/pending")).json[0].name === "Bedroom tablet",
  );
  await approve.click();
  await page.getByText(refusals.en.knock_changed).waitFor();
  expect((await host.locally("GET", "/native/clients")).json).toEqual([]);

  // What has come in since has to be looked at before the next press counts.
  await page.getByText(t.knock.changed).waitFor();
  const again = page.getByRole("button", { name: t.knock.approveName("Bedroom tablet") });
  expect(await again.isDisabled()).toBe(true);
  await page.getByRole("button", { name: t.knock.lookedAgain }).click();
  await again.click();
  await page.getByText(t.paired.by.approval).waitFor();
});

test("a label of 300 characters that turns the direction is stored harmless", async ({ startHost, owner, device }) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await page.goto("/devices");
  device(host).connect("Tablet");
  const label = page.locator("article.card").getByLabel(t.device.name);
  await label.evaluate((input) => input.removeAttribute("maxlength"));
  await label.fill(`\u202eתיבה\u200f${"x\u202e".repeat(150)}`);
  await page.getByRole("button", { name: t.knock.approveName("Tablet") }).click();
  const [client] = await until("a paired device", async () => {
    const { json } = await host.locally("GET", "/native/clients");
    return json.length === 1 && json;
  });
  clean(client.name);
  expect(Buffer.byteLength(client.name)).toBeLessThanOrEqual(64);
  await page.getByRole("button", { name: t.paired.revokeName(client.name) }).waitFor();
});

test("a foreign host name, a large body, a foreign type and an unknown device are refused with a reason", async ({
  startHost,
  owner,
}) => {
  const host = await startHost();
  const { context } = await owner(host);
  const foreign = await host.remotely("GET", "/api/v1/session", { host: "rebound.example" });
  expect([foreign.status, foreign.json.code]).toEqual([421, "wrong_host"]);
  expect((await host.remotely("GET", "/", { host: "rebound.example" })).status).toBe(421);

  const refused = async (method: string, path: string, options: object) => {
    const answer = await context.request.fetch(`/api/v1${path}`, { method, ...options });
    return [answer.status(), (await answer.json()).code];
  };
  expect(await refused("POST", "/sign-in", { data: { password: "x".repeat(20_000) } })).toEqual([413, "too_large"]);
  expect(await refused("POST", "/sign-in", { data: "password=x", headers: { "content-type": "text/plain" } })).toEqual([
    415,
    "json_only",
  ]);
  expect(await refused("DELETE", `/native/clients/${"0".repeat(64)}`, {})).toEqual([404, "not_found"]);
  expect(await refused("DELETE", "/streams/999999", {})).toEqual([404, "stream_gone"]);
});

/** Lets the page see nothing new of what waits, as if its owner were quicker than the news, until it has sent an answer. */
async function frozen(anna: Pick<Visitor, "context">, page: Visitor["page"]): Promise<void> {
  const shown = await (await anna.context.request.get("/api/v1/native/pending")).text();
  let stale = true;
  page.on("request", (request) => {
    stale &&= request.method() !== "POST";
  });
  await page.route("**/api/v1/native/pending", (route) =>
    stale ? route.fulfill({ body: shown, contentType: "application/json" }) : route.continue(),
  );
}
