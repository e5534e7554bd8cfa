import { expect } from "vitest";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import { join } from "node:path";
import { de } from "../../src/i18n/de";
import { en, type Messages } from "../../src/i18n/en";
import type { RouteName } from "../../src/routes";
import { type Host, PASSWORD } from "./host";
import { CHROMIUM, PATIENCE, SHOTS } from "./places";

let browser: Promise<Browser> | undefined;

function launched(): Promise<Browser> {
  // Chromium's own sandbox needs a user that is not root.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const args = [
    ...sandbox,
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
  ];
  browser ??= chromium.launch({ executablePath: CHROMIUM, args });
  return browser;
}

/** Closes the browser of this file. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

/** Somebody with a browser of their own, and the texts that they read. */
export class Visitor {
  readonly host: Host;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly t: Messages;
  readonly #faults: string[] = [];
  readonly #hosts: Set<string>;

  private constructor(host: Host, context: BrowserContext, page: Page, t: Messages) {
    this.host = host;
    this.context = context;
    this.page = page;
    this.t = t;
    this.#hosts = new Set([new URL(host.url).host]);
    context.on("request", (request) => this.#look(request.url()));
    context.on("weberror", (thrown) => {
      const error = thrown.error();
      this.#faults.push(`thrown on the page: ${error.stack ?? error.message}`);
    });
    context.on("console", (message) => {
      // A refusal is nothing unusual, and the browser logs each one as an error; what other pages log is their own affair.
      const ours =
        message.page()?.url().startsWith(host.url) === true && !message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && ours) {
        this.#faults.push(`logged on the page: ${message.text()}`);
      }
    });
    context.on("dialog", (dialog) => {
      this.#faults.push(`a dialog of the browser: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async arrive(host: Host, options: BrowserContextOptions = {}): Promise<Visitor> {
    const locale = options.locale ?? "en-GB";
    const context = await (
      await launched()
    ).newContext({
      ignoreHTTPSErrors: true,
      baseURL: host.url,
      viewport: { width: 1280, height: 800 },
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
      ...options,
      locale,
    });
    context.setDefaultTimeout(PATIENCE);
    return new Visitor(host, context, await context.newPage(), locale.startsWith("de") ? de : en);
  }

  /** Somebody who has claimed the box already, without going through the page for it. */
  static async owner(host: Host, options: BrowserContextOptions = {}): Promise<Visitor> {
    const owner = await Visitor.arrive(host, options);
    const claimed = (await host.locally("GET", "/session")).json.claimed;
    const [path, data] = claimed
      ? ["/api/v1/sign-in", { password: PASSWORD }]
      : ["/api/v1/claim", { code: await host.claimCode(), password: PASSWORD }];
    const answer = await owner.context.request.post(path, { data });
    expect(answer.status(), await answer.text()).toBe(200);
    return owner;
  }

  /** Opens one of the pages and waits until it stands. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.locator("h1").first().waitFor();
  }

  /** Where the page of signing in asks for the password; the account's own section bears the same label. */
  get signInField(): Locator {
    return this.page.locator('input[name="password"]');
  }

  /** Goes to another page by the menu. */
  async goTo(page: RouteName & keyof Messages["nav"]): Promise<void> {
    const menu = this.page.getByRole("navigation", { name: this.t.app.menu });
    await menu.getByRole("link", { name: this.t.nav[page] }).click();
  }

  /** What the window shows now, for whoever has to find out why a test failed. */
  async keepPicture(name: string): Promise<void> {
    await this.page
      .screenshot({ path: join(SHOTS, `failed-${name.replace(/[^a-z0-9]+/gi, "-").slice(0, 60)}.png`), fullPage: true })
      .catch(() => {});
  }

  /** Lets this visitor surf elsewhere too. */
  mayAsk(host: string): void {
    this.#hosts.add(host);
  }

  /** Closes the browser window; whatever went wrong on its pages, or left the box. */
  async leave(): Promise<readonly string[]> {
    await this.context.close();
    return this.#faults;
  }

  #look(url: string): void {
    const { protocol, host } = new URL(url);
    if (protocol !== "blob:" && !this.#hosts.has(host)) {
      this.#faults.push(`a request leaves the box: ${url}`);
    }
  }
}
