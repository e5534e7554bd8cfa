import { request as httpRequest } from "node:http";
import { type RequestOptions, request as httpsRequest } from "node:https";

/** What came back. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  // Whatever the host says: each test looks into it by itself.
  json: any;
}

/** One request without a browser, as raw as it is written: over HTTPS whatever the certificate, or over a socket in the file system. */
export function ask(options: RequestOptions & { body?: unknown }): Promise<Answer> {
  const { body, ...rest } = options;
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const headers: Record<string, unknown> = { ...(rest.headers as Record<string, unknown> | undefined) };
  if (text !== undefined) {
    headers["content-type"] ??= "application/json";
    headers["content-length"] ??= Buffer.byteLength(text);
  }
  const options_ = { ...rest, headers, rejectUnauthorized: false } as RequestOptions;
  return new Promise((done, failed) => {
    const request = (rest.socketPath === undefined ? httpsRequest : httpRequest)(options_, (response) => {
      let all = "";
      response.setEncoding("utf8").on("data", (part: string) => (all += part));
      response.on("error", failed);
      response.on("end", () => {
        done({ status: response.statusCode ?? 0, headers: response.headers, text: all, json: parsed(all) });
      });
    });
    request.on("error", failed);
    request.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
