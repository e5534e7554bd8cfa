import { beforeEach, describe, expect, it } from "vitest";
import { forgetBox, keys, queryClient, RECORD_MOST, sessionIs } from "../src/api/queries";
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
