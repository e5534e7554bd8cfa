import { expect } from "vitest";
import { admitted } from "./support/admitted";
import { readable } from "./support/axe";
import { test } from "./support/test";
import { until } from "./support/until";

test("the owner sees who streams and how well, and ends a stream; the device stays paired", async ({
  startHost,
  owner,
  device,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  const { stream, words } = await admitted(host, device(host), "Tablet");
  await page.goto("/");
  const session = page.locator("article.session");
  await session.getByText("Tablet", { exact: true }).waitFor();
  await session.getByText(t.session.testCard).waitFor();
  await until("lines in the plots", async () => {
    const lines = await session.locator(".plot__line").evaluateAll((all) => all.map((one) => one.getAttribute("d")));
    return lines.length > 1 && lines.every((line) => line?.includes("L"));
  });

  await session.getByRole("button", { name: t.session.endName("Tablet") }).click();
  const dialog = page.getByRole("dialog", { name: t.session.endTitle("Tablet") });
  await dialog.waitFor();
  expect(await dialog.getByRole("listitem").allTextContents()).toEqual(words);
  await readable(page, "the dialog that ends a stream");
  await dialog.getByRole("button", { name: t.session.end, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await session.waitFor({ state: "detached" });
  await page.getByText(t.home.nobody).waitFor();
  expect(await stream.ended(), stream.err).toBe(0);
  expect((await host.locally("GET", "/native/clients")).json).toMatchObject([{ name: "Tablet" }]);
});

test("the picture of the screen is shown when asked for, goes away again, and is for the owner alone", async ({
  startHost,
  owner,
}) => {
  const host = await startHost();
  const { page, t } = await owner(host);
  await page.goto("/");
  const preview = page.getByRole("region", { name: t.home.preview });
  const picture = preview.getByRole("img", { name: t.home.previewAlt });
  await preview.getByRole("button", { name: t.home.previewShow }).click();
  await picture.waitFor();
  expect(
    await picture.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return image.naturalWidth;
    }),
  ).toBeGreaterThan(300);
  await readable(page, "the picture");
  await preview.getByRole("button", { name: t.home.previewHide }).click();
  await picture.waitFor({ state: "detached" });

  expect((await host.remotely("GET", "/api/v1/preview")).status).toBe(401);
});

test("a picture that cannot be had says why, in the owner's language", async ({ startHost, owner }) => {
  const host = await startHost("capture: { source: { file: /nonexistent/film.mkv } }");
  const { page, t } = await owner(host, { locale: "de-DE" });
  await page.goto("/");
  const preview = page.getByRole("region", { name: t.home.preview });
  await preview.getByRole("button", { name: t.home.previewShow }).click();
  const told = preview.getByRole("alert");
  await told.getByText("/nonexistent/film.mkv").waitFor();
  expect(await told.textContent()).toMatch(/lässt sich nicht abspielen.*Nimm eine Videodatei/);
  await readable(page, "a picture that cannot be had");
});
