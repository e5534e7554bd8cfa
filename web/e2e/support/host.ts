import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, ask } from "./http";
import { HOST } from "./places";
import { freePort } from "./ports";
import { Program, run } from "./program";
import { until } from "./until";

/** What every owner of these tests chooses. */
export const PASSWORD = "vier blaue Gänse im Nebel";

/** A host of its own, with its own state, ports and policy, that streams the test card. */
export class Host {
  readonly dir = mkdtempSync(join(tmpdir(), "punktfunk-e2e-"));
  readonly #extra: string;
  #process: Program | undefined;
  #console = 0;
  #native = 0;

  private constructor(extra: string) {
    this.#extra = extra;
  }

  /** Starts one; `policy` is more YAML for its policy. */
  static async start(policy = ""): Promise<Host> {
    const host = new Host(policy);
    host.#console = await freePort();
    host.#native = await freePort();
    host.writePolicy();
    await host.boot();
    return host;
  }

  /** Where its pages are. */
  get url(): string {
    return `https://127.0.0.1:${this.#console}`;
  }

  /** Where clients connect. */
  get address(): string {
    return `127.0.0.1:${this.#native}`;
  }

  get port(): number {
    return this.#console;
  }

  get policyFile(): string {
    return join(this.dir, "policy.yaml");
  }

  /** Everything that it has logged and printed. */
  get said(): string {
    return `${this.#process?.out ?? ""}${this.#process?.err ?? ""}`;
  }

  /** Starts the process, the first time or again, and waits until it answers. */
  async boot(): Promise<void> {
    const process = new Program(HOST, [
      ...["serve", "--config", this.policyFile],
      ...["--state-dir", join(this.dir, "state"), "--runtime-dir", join(this.dir, "run")],
    ]);
    this.#process = process;
    await until(`a host that answers; it says: ${process.err}`, async () => {
      if (!process.running) {
        throw new Error(`the host ended by itself: ${process.err}`);
      }
      return (await this.locally("GET", "/health")).status === 200;
    });
  }

  /** Cuts it off as a power failure would. */
  async kill(): Promise<void> {
    await this.#process?.stop("SIGKILL");
  }

  /** Starts it again once it has ended by itself, as a service manager does. */
  async bootAgain(): Promise<void> {
    await this.#process?.ended();
    await this.boot();
  }

  /** Lets so much time pass, as far as signed-in browsers go, that the host wants to be sure again who sits there. */
  async proofsLapse(): Promise<void> {
    await this.#process?.stop();
    const file = join(this.dir, "state/owner.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"proven":\s*\d+/g, '"proven":0'));
    await this.boot();
  }

  /** Puts another policy on the disk: the first one with `extra` in place of what it was started with. */
  writePolicy(extra = this.#extra): void {
    writeFileSync(this.policyFile, this.#policy(extra));
  }

  /** Its certificate with the key, for whoever wants to speak HTTPS too. */
  get certificate(): string {
    return readFileSync(join(this.dir, "state/host-identity.pem"), "utf8");
  }

  /** Ends it and takes its state away. */
  async end(): Promise<void> {
    await this.#process?.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The operator on the box itself, through the control socket. */
  locally(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask({ socketPath: join(this.dir, "run/control.sock"), method, path: `/api/v1${path}`, body });
  }

  /** Somebody on the network, without a browser. */
  remotely(method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Answer> {
    return ask({ host: "127.0.0.1", port: this.#console, method, path, headers, body });
  }

  /** A command on the box itself. */
  command(...args: string[]): Promise<string> {
    return run(HOST, [...args, "--runtime-dir", join(this.dir, "run")]);
  }

  /** The code that shows presence. */
  async claimCode(): Promise<string> {
    return (await this.locally("GET", "/claim-code")).json.code;
  }

  #policy(extra: string): string {
    return [
      "schema: 1",
      "name: Living Room",
      `doors: { native: { port: ${this.#native} } }`,
      ...(extra.startsWith("capture:") ? [] : ["capture: { source: test-card }"]),
      `console: { listen: [127.0.0.1], port: ${this.#console} }`,
      extra,
      "",
    ].join("\n");
  }
}
