import { afterAll, test as base } from "vitest";
import type { BrowserContextOptions } from "playwright-core";
import { Device } from "./device";
import { Host } from "./host";
import { closeBrowser, Visitor } from "./visitor";

/** What a test may have; whatever it asked for is taken down after it, and the pages are looked over for faults. */
interface Fixtures {
  /** An unclaimed host, or one with more policy. */
  startHost: (policy?: string) => Promise<Host>;
  /** Somebody at the door. */
  visitor: (host: Host, options?: BrowserContextOptions) => Promise<Visitor>;
  /** Somebody signed in. */
  owner: (host: Host, options?: BrowserContextOptions) => Promise<Visitor>;
  /** A device with a key of its own. */
  device: (host: Host) => Device;
}

export const test = base.extend<Fixtures>({
  startHost: async ({}, use) => {
    const hosts: Host[] = [];
    await use(async (policy) => {
      const host = await Host.start(policy);
      hosts.push(host);
      return host;
    });
    await Promise.all(hosts.map((host) => host.end()));
  },
  device: async ({ startHost: _ }, use) => {
    const devices: Device[] = [];
    await use((host) => {
      const device = new Device(host, String(devices.length));
      devices.push(device);
      return device;
    });
    await Promise.all(devices.map((device) => device.end()));
  },
  visitor: async ({ device: _ }, use) => {
    const visitors: Visitor[] = [];
    await use(async (host, options) => {
      const visitor = await Visitor.arrive(host, options);
      visitors.push(visitor);
      return visitor;
    });
    for (const visitor of visitors) {
      await visitor.leave();
    }
  },
  owner: async ({ device: _ }, use) => {
    const owners: Visitor[] = [];
    await use(async (host, options) => {
      const owner = await Visitor.owner(host, options);
      owners.push(owner);
      return owner;
    });
    for (const owner of owners) {
      await owner.leave();
    }
  },
});

afterAll(closeBrowser);
