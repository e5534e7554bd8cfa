import { expect } from "vitest";
import { refusals } from "../src/i18n/refusals";
import { readable } from "./support/axe";
import { PASSWORD } from "./support/host";
import { test } from "./support/test";
import { until } from "./support/until";

test("after a while the box wants the password before it decides who comes in; the press then goes on by itself", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await page.goto("/devices");
  await page.getByText(t.app.live, { exact: true }).waitFor();
  await host.proofsLapse();
  device(host).connect("Tablet");
  const approve = page.getByRole("button", { name: t.knock.approveName("Tablet") });
  await approve.click();

  const question = page.getByRole("dialog", { name: t.proof.title });
  const password = question.getByLabel(t.signIn.password, { exact: true });
  await password.waitFor();
  await until("the focus in it", () => password.evaluate((input) => input === document.activeElement));
  await readable(page, "the question for the password");

  // Whoever leaves the question has changed nothing, and is where they were.
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  await until("the focus back", () => approve.evaluate((button) => button === document.activeElement));
  expect((await host.locally("GET", "/native/clients")).json).toEqual([]);

  await until("a button that may be pressed again", () => approve.isEnabled());
  await page.keyboard.press("Enter");
  await password.fill("not the password at all");
  await page.keyboard.press("Enter");
  await question.getByText(refusals.en.password_wrong).waitFor();
  await readable(page, "a wrong password");
  expect((await host.locally("GET", "/native/clients")).json).toEqual([]);

  await password.fill(PASSWORD);
  const submit = question.locator("button[type=submit]");
  await until("the end of the delay", () => submit.isEnabled());
  await submit.click();
  await page.getByRole("button", { name: t.paired.revokeName("Tablet") }).waitFor();
  expect(await question.count()).toBe(0);

  // What was proven counts for the next action, too.
  await page.getByRole("button", { name: t.paired.revokeName("Tablet") }).click();
  const revoking = page.getByRole("dialog", { name: t.paired.revokeTitle("Tablet") });
  await revoking.getByRole("button", { name: t.paired.revoke, exact: true }).click();
  await page.getByText(t.paired.none).waitFor();
});
