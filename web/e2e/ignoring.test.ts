import { expect } from "vitest";
import { readable } from "./support/axe";
import { test } from "./support/test";
import { until } from "./support/until";

test("a device that is turned away may knock again; one that is ignored may not, until that is undone", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await page.goto("/devices");
  const neighbour = device(host);
  const first = neighbour.connect("Neighbour");
  await page.getByRole("button", { name: t.knock.denyName("Neighbour") }).click();
  await page.getByText(t.knock.denied("Neighbour")).waitFor();
  await page.getByText(t.devices.nobodyWaits).waitFor();
  expect(await first.ended(), first.err).toBe(1);

  const ignore = page.getByRole("button", { name: t.knock.ignoreName("Neighbour") });
  const second = await until("a knock that is heard again", async () => {
    const again = neighbour.connect("Neighbour");
    // While it is in its quiet time, a device that was turned away is told so at once.
    await Promise.race([again.ended(), ignore.waitFor()]);
    return again.running && again;
  });
  await ignore.click();
  const ignored = page.getByRole("region", { name: t.ignored.title });
  await ignored.getByRole("heading", { name: "Neighbour" }).waitFor();
  await readable(page, "an ignored device");
  expect(await second.ended(), second.err).toBe(1);
  await page.getByText(t.devices.nobodyWaits).waitFor();
  const third = neighbour.connect("Neighbour");
  expect(await third.ended(), third.err).toBe(1);
  expect((await host.locally("GET", "/native/pending")).json).toEqual([]);

  await ignored.getByRole("button", { name: t.ignored.undoName("Neighbour") }).click();
  await page.getByText(t.ignored.undone("Neighbour")).waitFor();
  await ignored.waitFor({ state: "detached" });
  neighbour.connect("Neighbour");
  await ignore.waitFor();
});
