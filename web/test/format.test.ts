import { describe, expect, it } from "vitest";
import { clock, formatFor, groups, isolate, sentence } from "../src/i18n/format";
import { inline } from "../src/lib/yaml";

const en = formatFor("en");
const de = formatFor("de");

describe("durations", () => {
  it.each([
    [0, "0 sec"],
    [59.9, "59 sec"],
    [60, "1 min"],
    [200, "3 min 20 sec"],
    [3_600, "1 hr"],
    [3_660, "1 hr 1 min"],
    [86_400 * 3 + 3_600 * 4 + 59, "3 days 4 hr"],
    [-5, "0 sec"],
  ])("%d s are %s", (seconds, text) => {
    expect(en.duration(seconds)).toBe(text);
  });

  it("are written as Germans do", () => {
    expect(de.duration(3_660)).toBe("1 Std. 1 Min.");
  });
});

describe("times past", () => {
  it("are told in their largest unit", () => {
    expect(en.ago(0)).toBe("now");
    expect(en.ago(61)).toBe("1 minute ago");
    expect(en.ago(7_300)).toBe("2 hours ago");
    expect(de.ago(86_400)).toBe("gestern");
  });

  it("are never in the future, though two clocks may differ", () => {
    expect(en.ago(-30)).toBe("now");
  });
});

describe("figures", () => {
  it("have the unit that fits", () => {
    expect(en.bitrate(950)).toBe("950 kbit/s");
    expect(en.bitrate(18_340)).toBe("18.3 Mbit/s");
    expect(de.bitrate(18_340)).toBe("18,3 Mbit/s");
    expect(en.milliseconds(4_260)).toBe("4.3 ms");
    expect(en.milliseconds(34_260)).toBe("34 ms");
    expect(en.percent(0.0037, 2)).toBe("0.37%");
  });
});

describe("countdowns", () => {
  it.each([
    [120, "2:00"],
    [119.2, "2:00"],
    [65, "1:05"],
    [0.4, "0:01"],
    [0, "0:00"],
    [-1, "0:00"],
  ])("%d s are %s", (seconds, text) => {
    expect(clock(seconds)).toBe(text);
  });
});

describe("text from the host", () => {
  it("becomes a sentence", () => {
    expect(sentence("the disk is full")).toBe("The disk is full.");
    expect(sentence("is it?")).toBe("Is it?");
    expect(sentence("")).toBe("");
  });

  it("that begins with the name of a program or a path keeps it", () => {
    expect(sentence("libx264 encoded a picture")).toBe("libx264 encoded a picture.");
    expect(sentence("/dev/uinput is missing")).toBe("/dev/uinput is missing.");
  });

  it("cannot turn the direction of what stands around it", () => {
    expect(isolate("x\u202e")).toBe("\u2068x\u202e\u2069");
  });
});

it("a fingerprint is shown in groups and loses no digit", () => {
  const hex = "0123456789abcdef".repeat(4);
  expect(groups(hex).split(" ")).toHaveLength(8);
  expect(groups(hex).replaceAll(" ", "")).toBe(hex);
});

it("a value of the policy is shown as the file would hold it", () => {
  expect(inline("10m")).toBe("10m");
  expect(inline(true)).toBe("true");
  expect(inline(["hevc", "h264"])).toBe("[hevc, h264]");
  expect(inline([{ name: "Tablet", fingerprint: "9f" }])).toBe("[{ name: Tablet, fingerprint: 9f }]");
});
