import { expect } from "vitest";
import { happened } from "../src/i18n/happenings";
import { admitted } from "./support/admitted";
import { readable } from "./support/axe";
import { test } from "./support/test";
import { until } from "./support/until";

test("the record says who knocked, who let whom in and who signed in, each device with its words", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t, context } = await owner(host);
  await page.goto("/recent");
  const entries = page.getByRole("article");
  await entries.filter({ hasText: happened("en", "claimed") }).waitFor();

  // New entries come up by themselves.
  const { words } = await admitted(host, device(host), "Tablet");
  const approved = entries.filter({ hasText: happened("en", "approved") });
  await approved.getByText("Tablet", { exact: true }).waitFor();
  await approved.getByText(t.recent.by.local).waitFor();
  const knocked = entries.filter({ hasText: happened("en", "knocked") });
  await knocked.getByText(t.recent.from("127.0.0.1")).waitFor();
  for (const entry of [approved, knocked]) {
    expect(await entry.getByRole("listitem").allTextContents()).toEqual(words);
  }

  // Of what somebody decided in the console, it says in which browser.
  const { label } = (await (await context.request.get("/api/v1/browsers")).json())[0];
  await context.request.post("/api/v1/native/pair/arm", { data: {} });
  const armed = entries.filter({ hasText: happened("en", "armed") });
  await armed.getByText(t.recent.byBrowser(label)).waitFor();
  await readable(page, "the record");

  await page.getByRole("radio", { name: t.recent.filters.owner }).check();
  await until("sign-ins alone", async () => (await approved.count()) + (await knocked.count()) === 0);
  await entries.filter({ hasText: happened("en", "claimed") }).waitFor();
});
