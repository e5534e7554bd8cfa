import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Host } from "./support/host";
import { test } from "./support/test";

test("a page of another origin can neither ask nor act, though the browser sends it the owner's cookie", async ({
  startHost,
  owner,
}) => {
  const host = await startHost();
  const anna = await owner(host);
  const { page, context } = anna;
  const evil = await evilPage(host);
  try {
    anna.mayAsk(new URL(evil.origin).host);
    const withCookie = await wired(page, host);
    await page.goto(`${evil.origin}/`);
    await page.getByText("all tried").waitFor();
    expect(await page.locator("#result").textContent()).toBe("post: failed, json: failed, read: failed");

    await page.goto(`${evil.origin}/form`);
    await page.getByText("cross_site").waitFor();
    expect(page.url()).toBe(`${host.url}/api/v1/sign-out`);

    // Cookies alone would have let it: another port is another origin, but the same site.
    expect(new Set(withCookie())).toEqual(new Set(["GET /api/v1/sign-out", "POST /api/v1/sign-out"]));
    expect((await context.request.get("/api/v1/session").then((answer) => answer.json())).signed_in).toBe(true);

    await page.goto(`${evil.origin}/frame`);
    await page.getByText("framed").waitFor();
    expect(await page.frameLocator("iframe").locator("#app").count()).toBe(0);
  } finally {
    evil.close();
  }
});

/** Tells what the page has asked of the host with the owner's cookie since, as it went over the wire. */
async function wired(page: Page, host: Host): Promise<() => string[]> {
  const wire = await page.context().newCDPSession(page);
  // What is asked and what goes with it are told apart, in either order.
  const asked = new Map<string, string>();
  const carrying = new Set<string>();
  wire.on("Network.requestWillBeSent", ({ requestId, request: { url, method } }) => {
    asked.set(requestId, url.startsWith(`${host.url}/`) ? `${method} ${new URL(url).pathname}` : "elsewhere");
  });
  wire.on("Network.requestWillBeSentExtraInfo", ({ requestId, headers }) => {
    if (/__Host-punktfunk=\w/.test(headers["Cookie"] ?? headers["cookie"] ?? "")) {
      carrying.add(requestId);
    }
  });
  await wire.send("Network.enable");
  return () => [...carrying].map((id) => asked.get(id) ?? "unknown").filter((what) => what.endsWith("/sign-out"));
}

/** Pages beside the host's, on another port of the same machine, that try to use the console of whoever visits them. */
async function evilPage(host: Host): Promise<{ origin: string; close: () => void }> {
  const target = JSON.stringify(`${host.url}/api/v1/sign-out`);
  const pages: Record<string, string> = {
    "/": `<p id="result"></p><p id="end"></p><script>
      const attempt = (options) => fetch(${target}, { credentials: "include", ...options })
        .then((answer) => answer.type === "opaque" ? "opaque" : "answered " + answer.status, () => "failed");
      (async () => {
        const post = await attempt({ method: "POST", mode: "no-cors" });
        const json = await attempt({ method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
        const read = await attempt({});
        document.getElementById("result").textContent = "post: " + post + ", json: " + json + ", read: " + read;
        document.getElementById("end").textContent = "all tried";
      })();</script>`,
    "/form": `<form method="post" action=${target}></form><script>document.forms[0].submit()</script>`,
    "/frame": `<p>framed</p><iframe src="${host.url}/"></iframe>`,
  };
  const server = createServer({ cert: host.certificate, key: host.certificate }, (request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(pages[request.url ?? "/"] ?? "");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
