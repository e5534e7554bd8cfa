import { createSocket } from "node:dgram";
import { createServer } from "node:net";

// Below the ports that the kernel hands out by itself, and apart for each worker, so that nobody takes one in between.
const worker = Number(process.env["VITEST_WORKER_ID"] ?? 1);
let next = 20_000 + (worker % 400) * 30;

/** A port that is free for UDP and TCP on this machine. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next += 1;
    if ((await canListen(port)) && (await canReceive(port))) {
      return port;
    }
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "0.0.0.0", () => server.close(() => done(true)));
  });
}

function canReceive(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createSocket("udp4");
    socket.once("error", () => done(false));
    socket.bind(port, () => socket.close(() => done(true)));
  });
}
