import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Fails if what stands on the page now keeps anybody out, or is wider than its window. `where` names it. */
export async function readable(page: Page, where: string): Promise<void> {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
  expect(wide, `${where} scrolls sideways`).toBeLessThanOrEqual(window);
  if (!(await page.evaluate(() => "axe" in globalThis))) {
    await page.evaluate(axe.source);
  }
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ["violations"] }),
  );
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = grave.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`),
  }));
  expect(told, where).toEqual([]);
}
