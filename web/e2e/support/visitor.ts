import { expect } from "vitest";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { de } from "../../src/i18n/de";
import { en, type Messages } from "../../src/i18n/en";
import { type Host, PASSWORD } from "./host";
import { CHROMIUM, PATIENCE } from "./places";

let browser: Promise<Browser> | undefined;

function launched(): Promise<Browser> {
  // Chromium's own sandbox needs a user that is not root.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const args = [...sandbox, "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"];
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

  private constructor(host: Host, context: BrowserContext, page: Page, t: Messages) {
    this.host = host;
    this.context = context;
    this.page = page;
    this.t = t;
    context.on("request", (request) => this.#look(request.url()));
    page.on("pageerror", (error) => this.#faults.push(`thrown on the page: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      // A refusal is nothing unusual, and the browser logs each one as an error.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        this.#faults.push(`logged on the page: ${message.text()}`);
      }
    });
    page.on("dialog", (dialog) => {
      this.#faults.push(`a dialog of the browser: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async arrive(host: Host, options: BrowserContextOptions = {}): Promise<Visitor> {
    const locale = options.locale ?? "en-GB";
    const context = await (await launched()).newContext({
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

  button(name: string | RegExp, within: Page | Locator = this.page): Locator {
    return within.getByRole("button", { name, exact: true });
  }

  async sees(text: string | RegExp, within: Page | Locator = this.page): Promise<void> {
    await within.getByText(text).first().waitFor();
  }

  /** Closes the browser window, and fails if anything on its pages went wrong or left the box. */
  async leave(): Promise<void> {
    await this.context.close();
    expect(this.#faults).toEqual([]);
  }

  #look(url: string): void {
    const { protocol, host } = new URL(url);
    if (protocol !== "blob:" && host !== new URL(this.host.url).host) {
      this.#faults.push(`a request leaves the box: ${url}`);
    }
  }
}
