import axe from "axe-core";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { routes } from "../src/routes";
import { SHOTS } from "./support/places";
import { test } from "./support/test";
import { until } from "./support/until";

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

const LOOKS: [string, BrowserContextOptions][] = [
  ["en-light-desk", { locale: "en-GB", colorScheme: "light", ...DESK }],
  ["de-dark-desk", { locale: "de-DE", colorScheme: "dark", ...DESK }],
  ["de-light-phone", { locale: "de-DE", colorScheme: "light", ...PHONE }],
  ["en-dark-phone", { locale: "en-GB", colorScheme: "dark", ...PHONE }],
];

test("every page can be read by everybody, in either light and language, on a desk and on a phone", async ({
  startHost,
  visitor,
  owner,
  device,
}) => {
  const host = await startHost();
  for (const [look, options] of LOOKS) {
    const { page, t } = await visitor(host, options);
    await page.addInitScript(axe.source);
    await page.goto("/");
    await page.getByRole("heading", { name: t.claim.title }).waitFor();
    await inspect(page, "claim", look);
  }

  const anna = await owner(host);
  const { request } = anna.context;
  await request.post("/api/v1/tokens", { data: { name: "Home automation", scope: "read" } });
  device(host).connect("Living room TV");
  const knock = await until("a knock", async () => (await host.locally("GET", "/native/pending")).json[0]);
  const { id, fingerprint, revision } = knock;
  const approved = await request.post(`/api/v1/native/pending/${id}/approve`, { data: { fingerprint, revision } });
  expect(approved.status(), await approved.text()).toBe(200);
  device(host).connect("Anna’s tablet");
  device(host).connect("Living room ТV");
  await until("two knocks", async () => (await host.locally("GET", "/native/pending")).json.length === 2);
  await until("frames that are measured", async () => (await host.locally("GET", "/status")).json.streams[0].fps > 0);

  for (const [look, options] of LOOKS) {
    const { page, t } = await visitor(host, options);
    await page.addInitScript(axe.source);
    await page.goto("/");
    await page.getByLabel(t.signIn.password, { exact: true }).waitFor();
    await inspect(page, "sign-in", look);

    const reader = await owner(host, options);
    await reader.page.addInitScript(axe.source);
    for (const [name, path] of Object.entries(routes)) {
      await reader.open(path);
      await reader.page.getByText(t.app.live, { exact: true }).waitFor();
      await until("a page that has loaded", async () => (await reader.page.getByText(t.app.loading).count()) === 0);
      await inspect(reader.page, name, look);
    }
  }
});

/** Takes a picture of a page, and fails if it is wider than its window or keeps anybody out. */
async function inspect(page: Page, name: string, look: string): Promise<void> {
  await page.screenshot({ path: join(SHOTS, `${name}.${look}.png`), fullPage: true });
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
  expect(wide, `${name} in ${look} scrolls sideways`).toBeLessThanOrEqual(window);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ["violations"] }),
  );
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = grave.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`),
  }));
  expect(told, `${name} in ${look}`).toEqual([]);
}
