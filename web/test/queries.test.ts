import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { forgetBox, keys, queryClient, RECORD_MOST, sessionIs } from "../src/api/queries";
import { Refusal } from "../src/api/refusal";
import { hostSource } from "./places";

beforeEach(() => queryClient.clear());

describe("what is kept of the box", () => {
  it("is forgotten with the sign-out, but not whether somebody is signed in", () => {
    sessionIs({ claimed: true, signed_in: false, box_name: "box" });
    queryClient.setQueryData(keys.pin, { pin: "1234" });
    queryClient.setQueryData([...keys.record, "50"], [{}]);
    forgetBox();
    const kept = queryClient.getQueryCache().getAll();
    expect(kept.map(({ queryKey }) => queryKey)).toEqual([keys.session]);
  });

  it("goes as far back as the host's record goes", () => {
    const [, most] = /const MOST: u16 = (\d+);/.exec(hostSource("daemon/src/console/record.rs")) ?? [];
    expect(RECORD_MOST).toBe(Number(most));
  });
});

describe("a query that comes too soon", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const tooSoon = new Refusal({ status: 429, code: "too_many_requests", error: "wait", retry_after_secs: 2 });

  it("is put again when the host says, and nobody is troubled with it", async () => {
    const ask = vi.fn().mockRejectedValueOnce(tooSoon).mockResolvedValue([]);
    const asked = queryClient.fetchQuery({ queryKey: keys.clients, queryFn: ask });
    await vi.advanceTimersByTimeAsync(1_900);
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    await expect(asked).resolves.toEqual([]);
  });

  it("is given up after a few times, and one that is refused for another reason at once", async () => {
    const ask = vi.fn().mockRejectedValue(tooSoon);
    const asked = queryClient.fetchQuery({ queryKey: keys.clients, queryFn: ask });
    const failed = expect(asked).rejects.toBe(tooSoon);
    await vi.advanceTimersByTimeAsync(60_000);
    await failed;
    expect(ask).toHaveBeenCalledTimes(4);

    const gone = new Refusal({ status: 404, code: "not_found", error: "gone" });
    const refused = vi.fn().mockRejectedValue(gone);
    const again = queryClient.fetchQuery({ queryKey: keys.tokens, queryFn: refused });
    await expect(again).rejects.toBe(gone);
    expect(refused).toHaveBeenCalledTimes(1);
  });
});
