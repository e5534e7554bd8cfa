import { expect, it } from "vitest";
import { TEST_CARD } from "../src/pages/home/session";
import { hostSource } from "./places";

it("the test card is known by what the host calls it", () => {
  expect(hostSource("media/src/testcard.rs")).toContain(`name: "${TEST_CARD}".to_owned()`);
});
