import { describe, expect, it } from "vitest";
import { happened } from "../src/i18n/happenings";
import { fill, subject, translated } from "../src/i18n/machine";
import { machine } from "../src/i18n/machine.de";
import { refusals } from "../src/i18n/refusals";
import { told } from "../src/i18n/attention";
import { openApiDocument } from "./places";

/** Codes that no place of the document names, since no caller of a documented place can meet them. */
const UNDOCUMENTED = ["method_not_allowed"];

function documentedRefusals(): Set<string> {
  const codes = new Set<string>();
  for (const methods of Object.values(openApiDocument().paths)) {
    for (const operation of Object.values(methods)) {
      for (const [status, response] of Object.entries(operation.responses)) {
        for (const content of Number(status) >= 400 ? Object.values(response.content ?? {}) : []) {
          Object.keys(content.examples ?? {}).forEach((code) => codes.add(code));
        }
      }
    }
  }
  return codes;
}

describe("refusals", () => {
  it("of the document all have words in both languages, and no others do", () => {
    const documented = [...documentedRefusals(), ...UNDOCUMENTED].sort();
    for (const table of [refusals.en, refusals.de]) {
      expect(
        Object.keys(table)
          .filter((code) => !code.includes(":"))
          .sort(),
      ).toEqual(documented);
    }
  });

  it("that have reasons name a code of the document and have words in both languages", () => {
    const withReason = (table: object) => Object.keys(table).filter((code) => code.includes(":"));
    expect(withReason(refusals.de)).toEqual(withReason(refusals.en));
    const documented = documentedRefusals();
    expect(withReason(refusals.en).filter((code) => !documented.has(code.split(":")[0] ?? ""))).toEqual([]);
  });

  it("are whole sentences, short enough to be read on a phone", () => {
    for (const text of [...Object.values(refusals.en), ...Object.values(refusals.de)]) {
      expect(text).toMatch(/[.]$/);
      expect(text.length).toBeLessThan(240);
    }
  });
});

describe("what wants the owner's eye", () => {
  const codes = openApiDocument().components.schemas["AttentionCode"]?.enum ?? [];
  const params = {
    reason: "r",
    failures: "4",
    encoder: "e",
    key: "k",
    count: "2",
    connected: "c",
    fault: "no_screen_on",
    version: "1.2.4",
    days: "15",
    keys: "doors.native.port",
    allowed: "HEVC",
    here: "H.264",
  };

  it("by the fault behind it is told in German with that fault", () => {
    const uinput = { fault: "uinput_missing", path: "/dev/uinput" };
    const [sentence] = told("de", { code: "input_unavailable", params: uinput, sentence: "", next: "next" }) ?? [];
    expect(sentence).toMatch(/^Geräte können zuschauen.*uinput.* gibt es nicht[.]$/);
  });

  it.each(codes)("%s is told in German", (code) => {
    const [sentence, next] = told("de", { code, params, sentence: "host", next: "host" }) ?? [];
    expect(sentence).toMatch(/[.]$/);
    expect(next).toMatch(/[.]$/);
    expect(sentence).not.toContain("?");
  });

  it("is told in the host's words where the console is too old to know it", () => {
    expect(told("en", { code: "of_the_future", params: {}, sentence: "s", next: "n" })).toBeUndefined();
  });

  it("counts the devices that wait", () => {
    const waiting = (count: string) =>
      told("en", { code: "knocks_waiting", params: { count }, sentence: "", next: "" })?.[0];
    expect(waiting("1")).toBe("A device waits to be let in.");
    expect(waiting("3")).toContain("3");
  });
});

describe("the record", () => {
  const { Happening, OwnerHappening } = openApiDocument().components.schemas;
  const happenings = [...(Happening?.enum ?? []), ...(OwnerHappening?.enum ?? [])];

  it.each(happenings)("has words for %s", (what) => {
    for (const language of ["en", "de"] as const) {
      expect(happened(language, what)).not.toBe(what);
    }
  });
});

/** What only the gate of an update finds: no page shows it. */
const OF_THE_GATE = [
  "console_answers",
  "console_off",
  "console_silent",
  "doors_unasked",
  "native_answers",
  "native_off",
  "native_silent",
  "video_arrives",
  "video_lost",
];

describe("what the host says about the machine", () => {
  it("has German words for each code of the document, and for no others", () => {
    const { MachineCode, AttentionCode } = openApiDocument().components.schemas;
    const elsewhere = [...(AttentionCode?.enum ?? []), ...OF_THE_GATE];
    const codes = (MachineCode?.enum ?? []).filter((code) => !elsewhere.includes(code));
    expect(codes).toContain("port_taken");
    expect(codes).toContain("no_screen_on");
    expect(
      Object.keys(machine)
        .filter((code) => !elsewhere.includes(code))
        .sort(),
    ).toEqual(codes.sort());
  });

  const said = {
    code: "port_taken",
    found: "in use",
    next: "stop it",
    params: { holder: "sunshine", key: "console.port" },
  };

  it("is told in German with its values", () => {
    const own = translated("de", said);
    expect(own?.found).toContain("sunshine");
    expect(own?.next).toContain("console.port");
  });

  it("stays in the host's words in English, for an unknown code, and where a value is missing", () => {
    expect(translated("en", said)).toBeUndefined();
    expect(translated("de", { ...said, code: "of_the_future" })).toBeUndefined();
    expect(translated("de", { ...said, params: {} })).toBeUndefined();
  });

  it("proposes nothing where the host proposes nothing", () => {
    expect(translated("de", { code: "send_buffers", found: "", params: { kib: "4096" } })?.next).toBeUndefined();
  });

  it("names what was looked at", () => {
    expect(subject("de", "UDP port 9777")).toBe("UDP-Port 9777");
    expect(subject("de", "allow-list")).toBe("Geräteliste");
    expect(subject("en", "allow-list")).toBe("Allow-list");
    expect(subject("de", "something new")).toBe("Something new");
  });

  it("keeps values from turning the direction of the sentence", () => {
    expect(fill("a {x} b", { x: "\u202e" })).toBe("a \u2068\u202e\u2069 b");
  });

  it("has a full stop or a command at the end of every German sentence", () => {
    for (const sentence of Object.values(machine).flat()) {
      expect(sentence).toMatch(/[.}]$|(chmod|sysctl|systemctl) \S.*$/);
    }
  });
});
