import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { routes } from "../src/routes";
import { readable } from "./support/axe";
import { admitted } from "./support/admitted";
import { SHOTS } from "./support/places";
import { test } from "./support/test";
import { until } from "./support/until";
import type { Visitor } from "./support/visitor";

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
    await page.goto("/");
    await page.getByRole("heading", { name: t.claim.title }).waitFor();
    await inspect(page, "claim", look);
  }

  const anna = await owner(host);
  const { request } = anna.context;
  await request.post("/api/v1/tokens", { data: { name: "Home automation", scope: "read" } });
  await admitted(host, device(host), "Living room TV");
  device(host).connect("Anna’s tablet");
  device(host).connect("Living room ТV");
  await until("two knocks", async () => (await host.locally("GET", "/native/pending")).json.length === 2);

  // What runs is looked at all the while, so that the plots have filled up by the time of their picture.
  const readers = [];
  for (const [look, options] of LOOKS) {
    const reader = await owner(host, options);
    await reader.open(routes.home);
    readers.push({ look, reader });
  }
  for (const [look, options] of LOOKS) {
    const { page, signInField } = await visitor(host, options);
    await page.goto("/");
    await signInField.waitFor();
    await inspect(page, "sign-in", look);
  }
  const { home, ...others } = routes;
  for (const { look, reader } of readers) {
    const page = await reader.context.newPage();
    for (const [name, path] of Object.entries(others)) {
      await page.goto(path);
      await loaded(page, reader);
      await inspect(page, name, look);
    }
    await page.close();
  }
  for (const { look, reader } of readers) {
    await plotted(reader.page);
    await loaded(reader.page, reader);
    await inspect(reader.page, "home", look);
    expect(new URL(reader.page.url()).pathname).toBe(home);
  }
});

/** Waits until a page of the console shows all that it has to show. */
async function loaded(page: Page, { t }: Pick<Visitor, "t">): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.getByText(t.app.live, { exact: true }).waitFor();
  await until("a page that has loaded", async () => (await page.getByText(t.app.loading).count()) === 0);
}

/** Measurements, one a second, that a plot shows at least when its picture is taken. */
const MEASURED = 20;

/** Waits until every plot has something to show. */
async function plotted(page: Page): Promise<void> {
  await until("plots with lines in them", async () => {
    const paths = await page.locator(".plot__line").evaluateAll((lines) => lines.map((line) => line.getAttribute("d")));
    return paths.length > 0 && paths.every((path) => (path?.match(/[ML]/g)?.length ?? 0) >= MEASURED);
  });
}

/** Takes a picture of a whole page, and fails if it keeps anybody out. */
async function inspect(page: Page, name: string, look: string): Promise<void> {
  // A window as high as the page: what is fixed to its edge then stands over nothing.
  const before = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (before !== null) {
    await page.setViewportSize({ width: before.width, height: Math.max(before.height, height) });
  }
  if (look.startsWith("de")) {
    // What the host says is told in German wherever the console has words for it: it has to have them for all of this.
    const foreign = await page.locator("main :is(.probe, .attention, .policy-row) [lang=en]").allTextContents();
    expect(foreign, `${name} in ${look}`).toEqual([]);
  }
  await page.screenshot({ path: join(SHOTS, `${name}.${look}.png`) });
  if (before !== null) {
    await page.setViewportSize(before);
  }
  await readable(page, `${name} in ${look}`);
}
