import { describe, expect, it } from "vitest";
import { NotProven, Refusal, Unreachable } from "../src/api/refusal";
import { de } from "../src/i18n/de";
import { en } from "../src/i18n/en";
import { explain } from "../src/i18n/explain";
import { refusals } from "../src/i18n/refusals";

const refusal = (code: string, params: Record<string, string> = {}, error = "") =>
  new Refusal({ status: 409, code, error, params });

describe("a refusal", () => {
  it("is told in the owner's language, and by its reason where it has several", () => {
    expect(explain("de", refusal("knock_gone"))).toEqual({ text: refusals.de.knock_gone, language: "de" });
    const short = refusal("password_weak", { reason: "too_short" });
    expect(explain("en", short).text).toBe(refusals.en["password_weak:too_short"]);
  });

  it("by something wrong with the machine tells what is wrong, in either language", () => {
    const params = { fault: "no_screen_on", connected: "HDMI-A-1 is dark" };
    const dark = refusal("no_picture", params, "no screen is on (HDMI-A-1 is dark); wake its display");
    expect(explain("en", dark).text).toBe("No screen is on (HDMI-A-1 is dark); wake its display.");
    const german = explain("de", dark);
    expect(german.text).toMatch(/^Kein Bildschirm ist an .*HDMI-A-1.* weck den Bildschirm[.]$/);
    expect(german.language).toBe("de");
  });

  it("that this console is too old to know stays in the host's words, and says that they are English", () => {
    const unknown = refusal("of_the_future", {}, "not today; come back tomorrow");
    expect(explain("de", unknown)).toEqual({ text: "Not today; come back tomorrow.", language: "en" });
    const fault = refusal("no_picture", { fault: "of_the_future" }, "the lamp is broken; change it");
    expect(explain("de", fault)).toEqual({ text: "The lamp is broken; change it.", language: "en" });
  });

  it("without a word of the host still says that it did not work", () => {
    expect(explain("de", refusal("of_the_future")).text).toBe(de.app.failed);
  });
});

it("a box that does not answer is told apart from one that refuses", () => {
  expect(explain("en", new Unreachable("no network")).text).toBe(en.app.unreachable);
  expect(explain("en", new NotProven()).text).toBe(en.app.failed);
});
