import { writeFileSync } from "node:fs";
import { expect } from "vitest";
import { policyKeys } from "../src/i18n/policy.de";
import { refusals } from "../src/i18n/refusals";
import { readable } from "./support/axe";
import { test } from "./support/test";

test("a mistake in the policy's file changes nothing and is told with its line; the corrected file is put in force", async ({
  startHost,
  owner,
}) => {
  const host = await startHost("limits: { sessions: 3 }");
  const { page, t } = await owner(host);
  await page.goto("/policy");
  const sessions = page.locator(".policy-row", { hasText: "limits.sessions" });
  await sessions.getByText("3", { exact: true }).waitFor();
  await sessions.getByText(t.policy.origins.file).waitFor();

  const reload = page.getByRole("button", { name: t.policy.reload });
  host.writePolicy("limits: { sessions: 3, sesions: 2 }");
  await reload.click();
  const bad = page.getByRole("region", { name: t.policy.problem });
  await bad.getByText("sesions").waitFor();
  await page.getByRole("alert").getByText(refusals.en.policy_bad).waitFor();
  await readable(page, "a bad policy");
  await sessions.getByText("3", { exact: true }).waitFor();

  host.writePolicy("limits: { sessions: 2 }");
  await reload.click();
  await page.getByText(t.policy.reloaded).waitFor();
  await bad.waitFor({ state: "detached" });
  await sessions.getByText("2", { exact: true }).waitFor();
});

test("the policy is copied as a file that can be read again, and searched in the owner's own language", async ({
  startHost,
  owner,
}) => {
  const host = await startHost("limits: { sessions: 3 }");
  const { page, t } = await owner(host, { locale: "de-DE", permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto("/policy");
  await page.getByRole("button", { name: t.policy.copyYaml }).click();
  await page.getByText(t.app.copied).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/sessions: 3\b/);

  const rows = page.locator(".policy-row");
  await page.getByLabel(t.policy.search).fill("scrollen");
  await rows.getByText("Ob Geräte den Mauszeiger bewegen, klicken und scrollen dürfen.").waitFor();
  expect(Object.values(policyKeys)).toContain(await rows.locator(".policy-row__what").textContent());
  expect(await rows.count()).toBe(1);
  await page.getByLabel(t.policy.search).fill("");
  await page.getByLabel(t.policy.onlyChanged).check();
  await rows.filter({ hasText: "limits.sessions" }).waitFor();
  expect(await rows.filter({ hasText: "limits.max_mode" }).count()).toBe(0);

  writeFileSync(host.policyFile, copied);
  await page.getByRole("button", { name: t.policy.reload }).click();
  await page.getByText(t.policy.reloaded).waitFor();
});
