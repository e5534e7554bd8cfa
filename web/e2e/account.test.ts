import { expect } from "vitest";
import { de } from "../src/i18n/de";
import { refusals } from "../src/i18n/refusals";
import { readable } from "./support/axe";
import { PASSWORD } from "./support/host";
import { test } from "./support/test";
import { until } from "./support/until";

test("a token is shown once, lets a script in as far as its scope goes, and is worth nothing once revoked", async ({
  startHost,
  owner,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await page.goto("/account");
  const tokens = page.getByRole("region", { name: t.tokens.title });
  await tokens.getByText(t.tokens.none).waitFor();
  await tokens.getByLabel(t.tokens.name).fill("Home automation");
  await tokens.getByLabel(t.tokens.scope).selectOption("read");
  await tokens.getByRole("button", { name: t.tokens.make }).click();
  const made = page.getByRole("dialog", { name: t.tokens.madeTitle });
  const token = (await made.getByText(/^pf_/).textContent()) ?? "";
  await readable(page, "the dialog with a new token");
  await made.getByRole("button", { name: t.app.close }).click();
  await made.waitFor({ state: "detached" });
  expect(await page.getByText(token).count()).toBe(0);

  const bearer = { authorization: `Bearer ${token}` };
  expect((await host.remotely("GET", "/api/v1/status", bearer)).status).toBe(200);
  expect((await host.remotely("GET", "/metrics", bearer)).text).toContain("punktfunk_");
  const arm = await host.remotely("POST", "/api/v1/native/pair/arm", bearer, {});
  expect([arm.status, arm.json.code]).toEqual([403, "forbidden"]);

  await tokens.getByRole("button", { name: t.tokens.revokeName("Home automation") }).click();
  const dialog = page.getByRole("dialog", { name: t.tokens.revokeTitle("Home automation") });
  await dialog.waitFor();
  await readable(page, "the dialog that revokes a token");
  await dialog.getByRole("button", { name: t.tokens.revoke, exact: true }).click();
  await tokens.getByText(t.tokens.none).waitFor();
  expect((await host.remotely("GET", "/api/v1/status", bearer)).status).toBe(401);
});

test("another password signs every other browser out and is the only one from then on", async ({
  startHost,
  owner,
  visitor,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  const elsewhere = await owner(host);
  await elsewhere.open("/devices");
  await elsewhere.page.getByText(t.app.live, { exact: true }).waitFor();

  const fresh = "drei Hunde im warmen Regen";
  await page.goto("/account");
  const form = page.getByRole("region", { name: t.account.password, exact: true });
  const submit = form.locator("button[type=submit]");
  await form.getByLabel(t.account.current, { exact: true }).fill("not the password at all");
  await form.getByLabel(t.account.fresh, { exact: true }).fill(fresh);
  await submit.click();
  await form.getByText(refusals.en.password_wrong).waitFor();
  await until("the end of the delay", () => submit.isEnabled());
  await form.getByLabel(t.account.current, { exact: true }).fill(PASSWORD);
  await submit.click();
  await page.getByText(t.account.changed).waitFor();
  await elsewhere.page.getByText(t.signIn.ended).waitFor();

  // This browser stays signed in.
  await page.goto("/devices");
  await page.getByText(t.app.live, { exact: true }).waitFor();
  const later = await visitor(host);
  await later.page.goto("/");
  const password = later.signInField;
  const signIn = later.page.locator("button[type=submit]");
  await password.fill(PASSWORD);
  await signIn.click();
  await later.page.getByText(refusals.en.password_wrong).waitFor();
  await readable(later.page, "a wrong password at the door");
  await until("the end of the delay", () => signIn.isEnabled());
  await password.fill(fresh);
  await signIn.click();
  await later.page.getByRole("navigation", { name: t.app.menu }).waitFor();
});

test("language and appearance follow the owner's choice at once, and in this browser from then on", async ({
  startHost,
  owner,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host, { colorScheme: "light" });
  await page.goto("/account");
  const ink = () => page.evaluate(() => getComputedStyle(document.body).color);
  const dark = await ink();

  await page.getByLabel(t.account.theme).selectOption("dark");
  await until("light letters", async () => (await ink()) !== dark);
  await readable(page, "the account page in the dark");
  await page.getByLabel(t.account.language).selectOption("de");
  await page.getByRole("heading", { level: 1, name: de.account.title }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
  await readable(page, "the account page in German");

  await page.reload();
  await page.getByRole("heading", { level: 1, name: de.account.title }).waitFor();
  expect(await ink()).not.toBe(dark);
  await page.getByLabel(de.account.theme).selectOption("auto");
  await until("dark letters", async () => (await ink()) === dark);
});
