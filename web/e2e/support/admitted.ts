import type { Device } from "./device";
import type { Host } from "./host";
import type { Program } from "./program";
import { until } from "./until";

/** Lets a device in that knocks as `name`, by the operator on the box, and waits until it streams. */
export async function admitted(
  host: Host,
  device: Device,
  name: string,
): Promise<{ stream: Program; fingerprint: string; words: string[] }> {
  const stream = device.connect(name);
  const knock = await until("a knock", async () =>
    (await host.locally("GET", "/native/pending")).json.find((one: { name: string }) => one.name === name),
  );
  const { id, fingerprint, revision, words } = knock;
  const answer = await host.locally("POST", `/native/pending/${id}/approve`, { fingerprint, revision });
  if (answer.status !== 200) {
    throw new Error(`not let in: ${answer.text}`);
  }
  await until("a stream", async () =>
    (await host.locally("GET", "/status")).json.streams.some((one: { name: string }) => one.name === name),
  );
  return { stream, fingerprint, words };
}
