import { expect } from "vitest";
import { join } from "node:path";
import { admitted } from "./support/admitted";
import { readable } from "./support/axe";
import type { Host } from "./support/host";
import { test } from "./support/test";
import type { Visitor } from "./support/visitor";

const PASSPHRASE = "four unrelated words";

/** The form with this heading on the account page. */
function form({ page }: Visitor, title: string) {
  return page.locator("form").filter({ has: page.getByRole("heading", { name: title }) });
}

/** Has the page make a backup, and stores what the browser gets. */
async function backUp(visitor: Visitor, host: Host): Promise<string> {
  const { page, t } = visitor;
  await page.goto("/account");
  const make = form(visitor, t.backup.makeTitle);
  await make.getByLabel(t.backup.passphrase, { exact: true }).fill(PASSPHRASE);
  const downloading = page.waitForEvent("download");
  await make.getByRole("button", { name: t.backup.make }).click();
  const file = join(host.dir, "backup.age");
  await (await downloading).saveAs(file);
  return file;
}

/** Chooses a file to be put back, and agrees. */
async function putBack(visitor: Visitor, file: string, passphrase: string) {
  const { page, t } = visitor;
  const restore = form(visitor, t.backup.restoreTitle);
  await restore.getByLabel(t.backup.file).setInputFiles(file);
  await restore.getByLabel(t.backup.passphrase, { exact: true }).fill(passphrase);
  await restore.getByRole("button", { name: t.backup.restore }).click();
  const dialog = page.getByRole("dialog", { name: t.backup.restoreAsk });
  await readable(page, "the dialog before a backup is put back");
  await dialog.getByRole("button", { name: t.backup.restore }).click();
  return { dialog, decided: restore.getByRole("status") };
}

test("a backup goes out through the browser and back in, and a device that was revoked since stays out", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const visitor = await owner(host);
  const fingerprint = async () => (await host.locally("GET", "/status")).json.fingerprint;
  const names = async () =>
    (await host.locally("GET", "/native/clients")).json.map((one: { name: string }) => one.name);
  await admitted(host, device(host), "Tablet");
  const phone = await admitted(host, device(host), "Phone");
  const file = await backUp(visitor, host);
  expect((await names()).sort()).toEqual(["Phone", "Tablet"]);
  const before = await fingerprint();

  await host.locally("DELETE", `/native/clients/${phone.fingerprint}`);
  const { decided } = await putBack(visitor, file, PASSPHRASE);
  await decided.waitFor();
  await host.bootAgain();
  expect(await names()).toEqual(["Tablet"]);
  expect(await fingerprint()).toBe(before);
});

test("a box that never was the one of the backup becomes it", async ({ startHost, owner, device }) => {
  const old = await startHost();
  await admitted(old, device(old), "Tablet");
  const file = await backUp(await owner(old), old);

  const fresh = await startHost();
  const visitor = await owner(fresh);
  await visitor.open("/account");
  const { decided } = await putBack(visitor, file, PASSPHRASE);
  await decided.waitFor();
  await fresh.bootAgain();
  expect((await fresh.locally("GET", "/native/clients")).json).toMatchObject([{ name: "Tablet" }]);
  expect(fresh.certificate).toBe(old.certificate);
});

test("a backup under another passphrase is refused in the dialog, and nothing is put back", async ({
  startHost,
  owner,
}) => {
  const host = await startHost();
  const visitor = await owner(host);
  const file = await backUp(visitor, host);
  const { dialog, decided } = await putBack(visitor, file, "four unrelated birds");
  await dialog.getByRole("alert").waitFor();
  await readable(visitor.page, "a refusal of a backup");
  expect(await decided.count()).toBe(0);
  expect((await host.locally("GET", "/health")).status).toBe(200);
});
