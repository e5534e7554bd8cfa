import { expect } from "vitest";
import { refusals } from "../src/i18n/refusals";
import { PASSWORD } from "./support/host";
import { test } from "./support/test";
import { until } from "./support/until";

test("whoever is at the box claims it; a wrong code is told and changes nothing", async ({ startHost, visitor }) => {
  const host = await startHost();
  const { page, t, ...anna } = await visitor(host);
  await page.goto("/");
  await page.getByRole("heading", { name: t.claim.title }).waitFor();

  await page.getByLabel(t.claim.code).fill("wrong-wrong-wrong");
  await page.getByLabel(t.claim.password, { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: t.claim.submit }).click();
  await page.getByText(refusals.en.claim_code_wrong).waitFor();
  expect((await host.locally("GET", "/session")).json.claimed).toBe(false);

  const printed = await host.command("console", "claim-code");
  const code = await host.claimCode();
  expect(printed).toContain(code);
  const submit = page.locator("button[type=submit]");
  await until("the end of the delay", () => submit.isEnabled());
  await page.getByLabel(t.claim.code).fill(code);
  await submit.click();
  await page.getByRole("navigation", { name: t.app.menu }).waitFor();

  const cookies = await anna.context.cookies();
  const session = cookies.find(({ name }) => name === "__Host-punktfunk");
  expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: "Strict", path: "/" });
});

test("an unclaimed box shows its claim page and nothing else", async ({ startHost, visitor }) => {
  const host = await startHost();
  for (const path of [
    "/status",
    "/native/pending",
    "/native/clients",
    "/policy",
    "/doctor",
    "/events",
    "/openapi.json",
  ]) {
    const answer = await host.remotely("GET", `/api/v1${path}`);
    expect([answer.status, answer.json?.code], path).toEqual([403, "unclaimed"]);
  }
  const { page, t } = await visitor(host);
  await page.goto("/policy");
  await page.getByRole("heading", { name: t.claim.title }).waitFor();
});

test("wrong passwords are told and then cost time, which is shown; the owner signs in and out", async ({
  startHost,
  visitor,
  owner,
}) => {
  const host = await startHost();
  const first = await owner(host);
  const { page, t, signInField: password } = await visitor(host);
  await page.goto("/devices");
  const submit = page.locator("button[type=submit]");
  const delayed = page.getByRole("button", { name: /\d+ s/ });
  await password.fill("not the password at all");
  await submit.click();
  await page.getByText(refusals.en.password_wrong).waitFor();
  await until("a delay that is shown", async () => {
    if ((await delayed.count()) > 0) {
      return true;
    }
    await submit.click();
    return false;
  });
  expect(await submit.isDisabled()).toBe(true);

  // Whoever guesses next door delays nobody who is signed in.
  await first.open("/devices");
  await first.page.getByRole("heading", { level: 1, name: t.devices.title }).waitFor();

  await until("the end of the delay", () => submit.isEnabled());
  await password.fill(PASSWORD);
  await submit.click();
  await page.getByRole("heading", { level: 1, name: t.devices.title }).waitFor();

  await page.goto("/account");
  await page.getByRole("button", { name: t.account.signOut, exact: true }).first().click();
  await password.waitFor();
  expect((await page.request.get("/api/v1/status")).status()).toBe(401);
});

test("a browser that is signed out from another one shows so at once", async ({ startHost, owner }) => {
  const host = await startHost();
  const here = await owner(host);
  const elsewhere = await owner(host);
  await elsewhere.open("/devices");
  await elsewhere.page.getByText(elsewhere.t.app.live, { exact: true }).waitFor();

  const browsers = await (await here.context.request.get("/api/v1/browsers")).json();
  const other = browsers.find((browser: { current: boolean }) => !browser.current);
  await here.open("/account");
  await here.page
    .getByRole("button", { name: here.t.account.endBrowserName(other.label) })
    .first()
    .click();

  await elsewhere.signInField.waitFor();
  expect(new URL(elsewhere.page.url()).pathname).toBe("/devices");
});

test("signed-in browsers stay so when the host restarts", async ({ startHost, owner }) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await host.kill();
  await host.boot();
  await page.goto("/devices");
  await page.getByRole("heading", { level: 1, name: t.devices.title }).waitFor();
});
