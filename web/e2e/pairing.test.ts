import type { BrowserContextOptions } from "playwright-core";
import { describe, expect } from "vitest";
import { admitted } from "./support/admitted";
import { readable } from "./support/axe";
import { clean } from "./support/clean";
import { PASSWORD } from "./support/host";
import { test } from "./support/test";
import { until } from "./support/until";

/** Clears the screen, turns the direction, hides letters, carries markup, and is 300 bytes long. */
const HOSTILE = `\u001b[2J\u001b]0;owned\u0007Tab\u200blet\u202e gnp.exe\u2066<img src=x onerror=alert(1)>\n&amp;${"ä".repeat(120)}`;

const PHONE: BrowserContextOptions = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

describe.each<[string, BrowserContextOptions]>([
  ["in English at a desk", { locale: "en-GB" }],
  ["in German on a phone", { locale: "de-DE", ...PHONE }],
])("%s", (_, options) => {
  test("a knock shows up by itself, is let in, is seen streaming, and is cut off", async ({
    startHost,
    visitor,
    device,
  }) => {
    const host = await startHost();
    const anna = await visitor(host, options);
    const { page, t } = anna;
    await page.goto("/devices");
    await page.getByLabel(t.claim.code).fill(await host.claimCode());
    await page.getByLabel(t.claim.password, { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: t.claim.submit }).click();
    await page.getByText(t.devices.nobodyWaits).waitFor();
    await page.getByText(t.app.live, { exact: true }).waitFor();
    await page.evaluate(() => document.body.setAttribute("data-not-reloaded", ""));

    // A knock is there within two seconds of the host's knowing of it.
    const card = page.locator("article.card");
    const stream = device(host).connect(HOSTILE);
    const [knock, listed, shown] = await Promise.all([
      until("a knock", async () => (await host.locally("GET", "/native/pending")).json[0]),
      until("a knock", async () => (await host.locally("GET", "/native/pending")).json.length > 0).then(() =>
        performance.now(),
      ),
      card.waitFor().then(() => performance.now()),
    ]);
    expect(shown - listed).toBeLessThan(2_000);
    expect(await page.locator("body[data-not-reloaded]").count()).toBe(1);

    clean(knock.name);
    expect(await card.getByRole("heading").textContent()).toBe(knock.name);
    expect(await card.locator("img").count()).toBe(0);
    clean(await page.title());
    expect(knock.words).toHaveLength(8);
    for (const word of knock.words) {
      await card.getByRole("listitem").getByText(word, { exact: true }).first().waitFor();
    }
    const code = await until("the code at the device", () => /with the code\n {2}(.+)\n/.exec(stream.err)?.[1]);
    const shownCode = card.getByRole("list", { name: t.knock.code }).getByRole("listitem");
    expect(await shownCode.allTextContents()).toEqual(code.split(" "));
    const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(width[0]).toBeLessThanOrEqual(width[1] ?? 0);

    await card.getByLabel(t.device.name).fill("Küche");
    await page.getByRole("button", { name: t.knock.approveName(knock.name) }).click();
    await page.getByRole("button", { name: t.paired.revokeName("Küche") }).waitFor();
    await page.getByText(t.paired.streaming(1)).waitFor();

    await anna.goTo("home");
    const session = page.locator("article.session");
    await session.getByText("Küche").waitFor();
    await session.getByText(t.session.mode(320, 180, "30")).waitFor();
    await until("frames that arrive", async () => {
      const [{ fps }] = (await host.locally("GET", "/status")).json.streams;
      return fps > 0;
    });

    await anna.goTo("devices");
    await page.getByRole("button", { name: t.paired.revokeName("Küche") }).click();
    const dialog = page.getByRole("dialog", { name: t.paired.revokeTitle("Küche") });
    await dialog.getByText(t.paired.revokeCuts(1)).waitFor();
    await dialog.getByRole("button", { name: t.paired.revoke, exact: true }).click();
    expect(await stream.ended(), stream.err).toBe(1);
    await page.getByText(t.paired.none).waitFor();
    expect((await host.locally("GET", "/status")).json.streams).toEqual([]);
  });

  test("a PIN pairs the device that it is for; a wrong one pairs nobody, and both are told", async ({
    startHost,
    owner,
    device,
  }) => {
    const host = await startHost();
    const { page, t } = await owner(host, options);
    const tablet = device(host);
    const waiting = tablet.connect("Tablet");
    await page.goto("/devices");
    const knock = await until("a knock", async () => (await host.locally("GET", "/native/pending")).json[0]);

    // The PIN is for the waiting device unless the owner says otherwise.
    const panel = page.getByRole("region", { name: t.pin.title });
    const boundTo = panel.getByLabel(t.pin.bindTo);
    await boundTo.waitFor();
    expect(await boundTo.inputValue()).toBe(knock.fingerprint);

    const arm = async () => {
      await panel.getByRole("button", { name: t.pin.arm }).click();
      await panel.getByText(t.pin.boundTo("Tablet")).waitFor();
      expect(await panel.getByRole("listitem").allTextContents()).toEqual(knock.words);
      await until(
        "a PIN that may be used",
        async () => (await host.locally("GET", "/native/pair")).json.usable_in_secs === 0,
      );
      return (await panel.locator(".pin__digits [aria-hidden]").textContent()) ?? "";
    };
    const pin = await arm();
    expect(pin).toMatch(/^\d{4}$/);
    const wrong = tablet.pair(
      "Tablet",
      pin.replace(/.$/, (digit) => String((Number(digit) + 1) % 10)),
    );
    expect(await wrong.ended(), wrong.err).toBe(1);
    // Whoever is told a wrong PIN sees it first, and does not go on.
    await panel.getByText(t.pin.abandoned("Tablet")).waitFor();
    expect((await host.locally("GET", "/native/clients")).json).toEqual([]);

    const right = tablet.pair("Tablet", await arm());
    expect(await right.ended(), right.err).toBe(0);
    await panel.getByText(t.pin.paired("Tablet")).waitFor();
    expect(await panel.getByRole("listitem").allTextContents()).toEqual(knock.words);
    await page.getByRole("region", { name: t.paired.title }).getByText(t.paired.by.pin).waitFor();
    await waiting.stop();
  });
});

test("a device whose name looks like a trusted one's is flagged, and let in only after its words were compared", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await page.goto("/devices");
  const original = await admitted(host, device(host), "Anna's phone");
  await page.getByRole("button", { name: t.paired.revokeName("Anna's phone") }).waitFor();

  const stranger = device(host).connect("Аnna's phone");
  const card = page.locator("article.card--warning");
  await card.getByText(t.knock.lookAlike("Anna's phone")).waitFor();
  expect(await card.locator(".banner").getByRole("listitem").allTextContents()).toEqual(original.words);
  const { name } = (await host.locally("GET", "/native/pending")).json[0];
  const approve = card.getByRole("button", { name: t.knock.approveName(name) });
  expect(await approve.count()).toBe(0);
  await card.getByRole("button", { name: t.knock.compare }).click();
  expect(await approve.isDisabled()).toBe(true);

  // Not before each word has been looked at; then it is let in like any other.
  const words = await card.getByRole("checkbox").all();
  expect(words).toHaveLength(8);
  await readable(page, "a device that looks like another");
  for (const word of words) {
    expect(await approve.isDisabled()).toBe(true);
    await word.check();
  }
  await approve.click();
  await page.getByRole("button", { name: t.paired.revokeName(name) }).waitFor();
  expect(stranger.running).toBe(true);
  await page.getByText(t.devices.nobodyWaits).waitFor();
});
