import { afterAll, test as base } from "vitest";
import type { BrowserContextOptions } from "playwright-core";
import { Device } from "./device";
import { Host } from "./host";
import { closeBrowser, Visitor } from "./visitor";

/** What a test may have. All of it is taken down after the test, and the pages are then looked over for faults. */
interface Fixtures {
  stage: Stage;
  /** An unclaimed host; more policy for it may be given. */
  startHost: (policy?: string) => Promise<Host>;
  /** Somebody at the door. */
  visitor: (host: Host, options?: BrowserContextOptions) => Promise<Visitor>;
  /** Somebody signed in. */
  owner: (host: Host, options?: BrowserContextOptions) => Promise<Visitor>;
  /** A device with a key of its own. */
  device: (host: Host) => Device;
}

/** Everything that one test has set up. */
class Stage {
  readonly #hosts: Host[] = [];
  readonly #devices: Device[] = [];
  readonly #visitors: Visitor[] = [];

  async host(policy?: string): Promise<Host> {
    return kept(this.#hosts, await Host.start(policy));
  }

  device(host: Host): Device {
    return kept(this.#devices, new Device(host, String(this.#devices.length)));
  }

  async visitor(arriving: Promise<Visitor>): Promise<Visitor> {
    return kept(this.#visitors, await arriving);
  }

  /** Takes everything down; what is wrong on a page is told last, when nothing is left running. */
  async strike(failed: string | undefined): Promise<void> {
    const faults: string[] = [];
    for (const [index, visitor] of this.#visitors.entries()) {
      if (failed !== undefined) {
        await visitor.keepPicture(`${failed}-${index}`);
      }
      faults.push(...(await visitor.leave()));
    }
    await Promise.all(this.#devices.map((device) => device.end()));
    await Promise.all(this.#hosts.map((host) => host.end()));
    if (faults.length > 0) {
      throw new Error(faults.join("\n"));
    }
  }
}

function kept<T>(list: T[], one: T): T {
  list.push(one);
  return one;
}

export const test = base.extend<Fixtures>({
  stage: async ({ task }, use) => {
    const stage = new Stage();
    await use(stage);
    await stage.strike(task.result?.state === "fail" ? task.name : undefined);
  },
  startHost: ({ stage }, use) => use((policy) => stage.host(policy)),
  device: ({ stage }, use) => use((host) => stage.device(host)),
  visitor: ({ stage }, use) => use((host, options) => stage.visitor(Visitor.arrive(host, options))),
  owner: ({ stage }, use) => use((host, options) => stage.visitor(Visitor.owner(host, options))),
});

afterAll(closeBrowser);
