import { expect } from "vitest";
import type { Locator, Page } from "playwright-core";
import { PASSWORD } from "./support/host";
import { test } from "./support/test";
import { until } from "./support/until";

test("everything can be done by keyboard alone, and one sees where one is", async ({ startHost, visitor, device }) => {
  const host = await startHost();
  const { page, t, signInField } = await visitor(host);
  await page.goto("/devices");
  const code = page.getByLabel(t.claim.code);
  await code.waitFor();
  await tabTo(page, code);
  await page.keyboard.type(await host.claimCode());
  await tabTo(page, page.getByLabel(t.claim.password, { exact: true }));
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText(t.devices.nobodyWaits).waitFor();

  // The first stop of each page leads past the menu.
  await page.reload();
  await page.getByText(t.devices.nobodyWaits).waitFor();
  await page.keyboard.press("Tab");
  await focused(page, page.getByRole("link", { name: t.app.skip }));
  await page.keyboard.press("Enter");
  await focused(page, page.getByRole("main"));

  const stream = device(host).connect("Tablet");
  const approve = page.getByRole("button", { name: t.knock.approveName("Tablet") });
  await approve.waitFor();
  await tabTo(page, approve);
  await page.keyboard.press("Enter");

  const revoke = page.getByRole("button", { name: t.paired.revokeName("Tablet") });
  await revoke.waitFor();
  await tabTo(page, revoke);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await focused(page, revoke);
  await page.keyboard.press("Enter");
  await tabTo(page, dialog.getByRole("button", { name: t.paired.revoke, exact: true }));
  await page.keyboard.press("Enter");
  expect(await stream.ended(), stream.err).toBe(1);

  await tabTo(page, page.getByRole("link", { name: t.nav.account }), "Shift+Tab");
  await page.keyboard.press("Enter");
  const signOut = page.getByRole("button", { name: t.account.signOut, exact: true }).first();
  await signOut.waitFor();
  await tabTo(page, signOut);
  await page.keyboard.press("Enter");
  await signInField.waitFor();
});

/** More stops than any page has. */
const STOPS = 120;

/** Goes from stop to stop to an element; fails if one cannot be reached, or if a stop on the way cannot be seen. */
async function tabTo(page: Page, goal: Locator, key = "Tab"): Promise<void> {
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await has(goal)) {
      return;
    }
    await page.keyboard.press(key);
    const stopped = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) {
        return { what: "the page", seen: true };
      }
      // Of a hidden radio button or the like, what stands for it shows the ring.
      const marks = [element, element.parentElement, element.nextElementSibling].filter((mark) => mark !== null);
      const seen = marks.some((mark) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(mark);
        return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
      });
      return { what: element.outerHTML.slice(0, 200), seen };
    });
    expect(stopped, "a stop without a ring").toMatchObject({ seen: true });
  }
  throw new Error(`no way by keyboard to ${goal}`);
}

async function focused(page: Page, goal: Locator): Promise<void> {
  await until(
    `the focus on ${goal}; it is on ${await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))}`,
    () => has(goal),
  );
}

function has(goal: Locator): Promise<boolean> {
  return goal.evaluate((element) => element === document.activeElement);
}
