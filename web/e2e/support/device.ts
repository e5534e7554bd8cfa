import { join } from "node:path";
import type { Host } from "./host";
import { CLIENT } from "./places";
import { Program } from "./program";

/** A phone or tablet: the reference client with a key of its own. */
export class Device {
  readonly #host: Host;
  readonly #key: string;
  readonly #running: Program[] = [];

  /** `key` tells the devices of one host apart. */
  constructor(host: Host, key: string) {
    this.#host = host;
    this.#key = key;
  }

  /** Knocks as `name` and, once let in, streams until it is stopped. */
  connect(name: string): Program {
    return this.#run("connect", "--tofu", "--name", name, "--mode", "320x180@30", "--json");
  }

  /** Pairs with a PIN. */
  pair(name: string, pin: string): Program {
    return this.#run("pair", "--name", name, "--pin", pin);
  }

  async end(): Promise<void> {
    await Promise.all(this.#running.map((program) => program.stop("SIGKILL")));
  }

  #run(verb: string, ...args: string[]): Program {
    const identity = join(this.#host.dir, `device-${this.#key}`);
    const program = new Program(CLIENT, [verb, this.#host.address, "--identity", identity, ...args]);
    this.#running.push(program);
    return program;
  }
}
