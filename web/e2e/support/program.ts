import { type ChildProcess, spawn } from "node:child_process";
import { until } from "./until";

/** Whatever happens to the tests, none of their programs outlives them. */
const started = new Set<ChildProcess>();
process.on("exit", () => started.forEach((child) => child.kill("SIGKILL")));

/** A program that runs beside the test, with everything it has said. */
export class Program {
  out = "";
  err = "";
  /** Its exit code, once it has ended; -1 when a signal ended it. */
  code: number | undefined;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(path: string, args: readonly string[]) {
    const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
    this.#child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"], env });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.out += text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.err += text));
    started.add(this.#child);
    this.#ended = new Promise((done) => {
      this.#child.on("close", (code) => {
        this.code = code ?? -1;
        started.delete(this.#child);
        done();
      });
      this.#child.on("error", (error) => {
        this.err += String(error);
        this.code = -1;
        done();
      });
    });
  }

  get running(): boolean {
    return this.code === undefined;
  }

  /** Waits for its end; its exit code. */
  async ended(): Promise<number> {
    return until(`the end of ${this.#child.spawnfile}; it says: ${this.err}`, () => this.code);
  }

  /** Ends it with a signal, if it still runs. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.running) {
      this.#child.kill(signal);
    }
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 10_000);
    await this.#ended;
    clearTimeout(late);
  }
}

/** Runs a program to its end; what it printed. A failure is thrown with what it said. */
export async function run(path: string, args: readonly string[]): Promise<string> {
  const program = new Program(path, args);
  const code = await program.ended();
  if (code !== 0) {
    throw new Error(`${path} ${args.join(" ")} ended with ${code}: ${program.err}`);
  }
  return program.out;
}
