import { expect } from "vitest";
import { readable } from "./support/axe";
import { admitted } from "./support/admitted";
import { test } from "./support/test";
import { until } from "./support/until";

test("a device gets another name, other rights and an end, and its time runs down in sight", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  const { fingerprint, words } = await admitted(host, device(host), "Tablet");
  await page.goto("/devices");
  await page.getByRole("button", { name: t.paired.changeName("Tablet") }).click();
  const dialog = page.getByRole("dialog", { name: t.paired.changeTitle("Tablet") });
  await dialog.waitFor();
  expect(await dialog.getByRole("listitem").allTextContents()).toEqual(words);
  await readable(page, "the dialog that changes a device");
  await dialog.getByLabel(t.device.name).fill("Kitchen");
  await dialog.getByLabel(t.device.level).selectOption("watch");
  await dialog.getByLabel(t.device.expiry).selectOption("hour");
  await dialog.getByRole("button", { name: t.app.save }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(t.paired.changed("Kitchen")).waitFor();

  const row = page.locator("article.device");
  await row.getByRole("heading", { name: "Kitchen" }).waitFor();
  await row.getByText(t.device.levels.watch, { exact: true }).waitFor();
  const [client] = (await host.locally("GET", "/native/clients")).json;
  expect(client).toMatchObject({ fingerprint, name: "Kitchen", level: "watch" });
  expect(client.expires_at).toBeGreaterThan(Date.now() / 1_000 + 3_500);

  const left = row.locator(".tag--warning");
  await left.getByText(/59 min/).waitFor();
  const first = await left.textContent();
  await until("a second less", async () => (await left.textContent()) !== first);
});

test("a name that cannot be shown is refused in the dialog, which stays", async ({ startHost, owner, device }) => {
  const host = await startHost();
  const { page, t } = await owner(host, { locale: "de-DE" });
  await admitted(host, device(host), "Tablet");
  await page.goto("/devices");
  await page.getByRole("button", { name: t.paired.changeName("Tablet") }).click();
  const dialog = page.getByRole("dialog", { name: t.paired.changeTitle("Tablet") });
  await dialog.getByLabel(t.device.name).fill("\u200b\u202e");
  await dialog.getByRole("button", { name: t.app.save }).click();
  await dialog.getByRole("alert").getByText("Von diesem Namen lässt sich nichts anzeigen").waitFor();
  await readable(page, "a refusal in a dialog");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect((await host.locally("GET", "/native/clients")).json).toMatchObject([{ name: "Tablet" }]);
});

test("before a device is revoked, the dialog says what that will cut and shows the device's words", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  const { stream, words } = await admitted(host, device(host), "Tablet");
  await page.goto("/devices");
  await page.getByRole("button", { name: t.paired.revokeName("Tablet") }).click();
  const dialog = page.getByRole("dialog", { name: t.paired.revokeTitle("Tablet") });
  await dialog.getByText(t.paired.revokeCuts(1)).waitFor();
  expect(await dialog.getByRole("listitem").allTextContents()).toEqual(words);
  await readable(page, "the dialog that revokes a device");
  await dialog.getByRole("button", { name: t.app.cancel }).click();
  await dialog.waitFor({ state: "detached" });
  expect(stream.running).toBe(true);
});
