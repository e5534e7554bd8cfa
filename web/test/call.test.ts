import { beforeEach, describe, expect, it, vi } from "vitest";
import { call } from "../src/api/call";
import { connection, eventsCome } from "../src/api/connection";
import { proofQuestion } from "../src/api/proof";
import { NotProven, Refusal, Unreachable } from "../src/api/refusal";
import { onSignedOut } from "../src/api/signed-out";

const ended = vi.fn();

beforeEach(() => {
  ended.mockReset();
  onSignedOut(ended);
  eventsCome(false);
});

function answer(status: number, body: unknown) {
  const response = new Response(null, { status });
  return Promise.resolve(response.ok ? { data: body, response } : { error: body, response });
}

const refused = (status: number, code: string, more = {}) => answer(status, { status, code, error: "why", ...more });

describe("a call", () => {
  it("gives its result", async () => {
    await expect(call(() => answer(200, { name: "box" }))).resolves.toEqual({ name: "box" });
  });

  it("that is refused says why, and when to try again", async () => {
    const error = await call(() => refused(429, "slow_down", { retry_after_secs: 4 })).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ code: "slow_down", retryAfter: 4, message: "why" });
    expect(ended).not.toHaveBeenCalled();
  });

  it("that is refused without a reason still fails as a refusal", async () => {
    await expect(call(() => answer(500, undefined))).rejects.toMatchObject({ name: "Refusal", status: 500 });
  });

  it("that nobody answers makes the connection lost, and the next answer restores it", async () => {
    await expect(call(() => Promise.reject(new TypeError("no network")))).rejects.toBeInstanceOf(Unreachable);
    expect(connection.get()).toBe("lost");
    await call(() => answer(204, undefined));
    expect(connection.get()).toBe("polling");
    eventsCome(true);
    expect(connection.get()).toBe("live");
  });
});

describe("a session that is over", () => {
  it("is noticed by any call", async () => {
    await expect(call(() => refused(401, "sign_in_needed"))).rejects.toBeInstanceOf(Refusal);
    expect(ended).toHaveBeenCalledOnce();
  });

  it("is noticed on a box that has lost its owner", async () => {
    await expect(call(() => refused(403, "unclaimed"))).rejects.toBeInstanceOf(Refusal);
    expect(ended).toHaveBeenCalledOnce();
  });

  it("is not meant by a wrong password", async () => {
    await expect(call(() => refused(401, "password_wrong"))).rejects.toBeInstanceOf(Refusal);
    expect(ended).not.toHaveBeenCalled();
  });
});

describe("an action that needs the password", () => {
  it("goes on by itself once it was given", async () => {
    const send = vi.fn().mockReturnValueOnce(refused(403, "proof_needed")).mockReturnValueOnce(answer(200, "done"));
    const result = call(send);
    await vi.waitFor(() => expect(proofQuestion.get()).toBeDefined());
    proofQuestion.get()?.(true);
    await expect(result).resolves.toBe("done");
    expect(proofQuestion.get()).toBeUndefined();
  });

  it("is given up without an error to show when the question is closed", async () => {
    const result = call(() => refused(403, "proof_needed"));
    await vi.waitFor(() => expect(proofQuestion.get()).toBeDefined());
    proofQuestion.get()?.(false);
    await expect(result).rejects.toBeInstanceOf(NotProven);
  });

  it("shares one question with another that comes at the same time", async () => {
    const proven = { yet: false };
    const send = () => (proven.yet ? answer(200, "done") : refused(403, "proof_needed"));
    const both = [call(send), call(send)];
    await vi.waitFor(() => expect(proofQuestion.get()).toBeDefined());
    proven.yet = true;
    proofQuestion.get()?.(true);
    await expect(Promise.all(both)).resolves.toEqual(["done", "done"]);
  });
});
