import type { Attention } from "../api/types";
import { isolate } from "./format";
import { translated } from "./machine";

/** What is the case, and what to do about it. */
type Told = (params: Readonly<Record<string, string>>) => readonly [sentence: string, next: string];

const of = (params: Readonly<Record<string, string>>, name: string) => isolate(params[name] ?? "?");

/** What is told by the fault behind it; in languages other than the host's own, with these words before. */
const BEFORE_FAULT = {
  no_picture: "",
  input_unavailable: "Geräte können zuschauen, aber ihre Eingaben kommen nicht an. ",
} as const;
type Faulty = keyof typeof BEFORE_FAULT;

/** What the owner reads for each other thing that wants his eye. One that the document names and this does not is a type error. */
const attention = {
  en: {
    store_not_saved: (p) => [
      `The list of devices is not saved: ${of(p, "reason")}.`,
      "Make room on the box’s disk; until then a restart brings the old list back.",
    ],
    owner_not_saved: (p) => [
      `Who is signed in, and wrong passwords, are remembered until the next restart only: ${of(p, "reason")}.`,
      "Make room on the box’s disk; then it is saved by itself.",
    ],
    pin_guessing: (p) => [
      `Somebody may be guessing PINs: ${of(p, "failures")} in a row were wrong.`,
      "Approve your devices’ knocks instead, or bind the next PIN to one device.",
    ],
    open_mode: () => ["Every device on the network may stream.", "Set “pairing.require” in the policy to change that."],
    no_encoder: () => [
      "The box has no video encoder, so no device gets a picture.",
      "Install an FFmpeg with libx264 (Debian: libavcodec59).",
    ],
    no_codec: (p) => [
      `No device gets a picture: the policy allows ${of(p, "allowed")} only, and the box can make ${of(p, "here")} only.`,
      `Add ${of(p, "here")} to “encode.codecs” in the policy.`,
    ],
    no_door: () => [
      "No door is open, so no device can reach this box.",
      "Open one in the policy with “doors.native.enable” or “doors.gamestream.enable”, then restart the service.",
    ],
    weaker_door: () => [
      "The Moonlight door is open, whose protocol guards less than punktfunk’s own: PINs of four digits, and requests to pair from anybody on the network.",
      "Close it with “doors.gamestream.enable” when no Moonlight client needs it.",
    ],
    clock_behind: () => [
      "The clock is behind what it was before, so guests have to wait.",
      "Set the clock, or accept it as it is.",
    ],
    pins_stopped: () => [
      "Devices that want to pair get no PIN by themselves any more, because none of the last ones led to a pairing.",
      "Arm one under Devices when you need it.",
    ],
    no_display: () => [
      "There is no screen to stream, so devices see the test card.",
      "Plug in a display, or choose another “capture.source” in the policy.",
    ],
    encoder_fell_back: (p) => [
      `The policy asks for a graphics card that encodes, but ${of(p, "encoder")} on the processor does.`,
      "Set “encode.backend” to software, or lower the mode if pictures stutter.",
    ],
    policy_bad: () => [
      "The policy file has a mistake, so the policy from before stays in force.",
      "Correct the file, then read it again.",
    ],
    policy_refused: () => [
      "The policy file was refused when the box started; the last good policy is in force, or else the built-in one, where pairing is required.",
      "Put the file right: on a flashed box it is punktfunk.yaml on the drive PUNKTFUNK, which any computer shows. Then start the box again.",
    ],
    update_went_back: (p) => [
      `The update to version ${of(p, "version")} went back: ${of(p, "reason")}.`,
      "Wait for the next version; “punktfunk-update status” on the box says more.",
    ],
    update_unproven: (p) => [
      `Version ${of(p, "version")} has not proven that it can stream: ${of(p, "reason")}.`,
      "Put that right and start the box again, or keep it as it is: “punktfunk-update mark-good” on the box.",
    ],
    update_failed: (p) => [
      `The update to version ${of(p, "version")} could not be installed: ${of(p, "reason")}.`,
      "Put that right and run “punktfunk-update install” on the box, or wait: it is tried again.",
    ],
    feed_silent: (p) => [
      `For ${of(p, "days")} days nothing was heard of new versions.`,
      "“punktfunk-update check” on the box says what is wrong with “update.feed” in the policy.",
    ],
    update_waiting: (p) => [
      `Version ${of(p, "version")} is installed and starts with the next restart.`,
      "Restart the box when nobody streams, or leave it to the time that “update.window” in the policy names.",
    ],
    update_ready: (p) => [
      `Version ${of(p, "version")} is ready to be installed.`,
      "Run “punktfunk-update install” on the box, or leave it to the time that “update.window” in the policy names.",
    ],
    restart_due: (p) => [
      `The policy changes ${of(p, "keys")}, which takes effect at the next start only.`,
      "Restart the service when nobody streams.",
    ],
    setting_without_effect: (p) => [
      `The policy sets ${of(p, "key")}, which this version does not have yet.`,
      "It has no effect; take it out, or wait for an update.",
    ],
    software_encoder: (p) => [
      `The processor encodes, with ${of(p, "encoder")}.`,
      "That is fine for small modes; lower the mode if pictures stutter.",
    ],
    knocks_waiting: (p) => [
      p["count"] === "1" ? "A device waits to be let in." : `${of(p, "count")} devices wait to be let in.`,
      "Approve, or turn away.",
    ],
  },
  de: {
    store_not_saved: (p) => [
      `Die Liste der Geräte ist nicht gespeichert: ${of(p, "reason")}.`,
      "Schaff auf der Box Speicherplatz; bis dahin bringt ein Neustart die alte Liste zurück.",
    ],
    owner_not_saved: (p) => [
      `Wer angemeldet ist, und falsche Passwörter, weiß die Box nur bis zum nächsten Neustart: ${of(p, "reason")}.`,
      "Schaff auf der Box Speicherplatz; dann wird es von selbst gespeichert.",
    ],
    pin_guessing: (p) => [
      `Vielleicht rät jemand PINs: ${of(p, "failures")} nacheinander waren falsch.`,
      "Gib deine Geräte lieber frei, wenn sie anklopfen, oder binde die nächste PIN an ein Gerät.",
    ],
    open_mode: () => ["Jedes Gerät im Netz darf zuschauen.", "Das ändert „pairing.require“ in den Regeln."],
    no_encoder: () => [
      "Die Box hat keinen Videoencoder, deshalb bekommt kein Gerät ein Bild.",
      "Installiere ein FFmpeg mit libx264 (Debian: libavcodec59).",
    ],
    no_codec: (p) => [
      `Kein Gerät bekommt ein Bild: Die Regeln erlauben nur ${of(p, "allowed").replace(" and ", " und ")}, und die Box kann nur ${of(p, "here")}.`,
      `Nimm ${of(p, "here")} in „encode.codecs“ in den Regeln auf.`,
    ],
    no_door: () => [
      "Keine Tür ist offen, deshalb erreicht kein Gerät diese Box.",
      "Öffne in den Regeln eine mit „doors.native.enable“ oder „doors.gamestream.enable“, und starte dann den Dienst neu.",
    ],
    weaker_door: () => [
      "Die Tür für Moonlight steht offen; ihr Protokoll schützt weniger als das von punktfunk: PINs mit vier Ziffern, und jeder im Netz kann koppeln wollen.",
      "Schließ sie mit „doors.gamestream.enable“, wenn kein Moonlight-Gerät sie braucht.",
    ],
    clock_behind: () => [
      "Die Uhr geht gegenüber früher nach, deshalb müssen Gäste warten.",
      "Stell die Uhr, oder übernimm sie, wie sie ist.",
    ],
    pins_stopped: () => [
      "Geräte, die koppeln wollen, bekommen nicht mehr von selbst eine PIN, weil keine der letzten zum Koppeln führte.",
      "Erzeuge unter „Geräte“ eine, wenn du sie brauchst.",
    ],
    no_display: () => [
      "Es gibt keinen Bildschirm zum Übertragen, deshalb sehen Geräte das Testbild.",
      "Schließ einen Bildschirm an, oder wähle in den Regeln eine andere „capture.source“.",
    ],
    encoder_fell_back: (p) => [
      `Die Regeln verlangen eine Grafikkarte, die kodiert, stattdessen kodiert der Prozessor mit ${of(p, "encoder")}.`,
      "Setz „encode.backend“ auf software, oder wähle eine kleinere Auflösung, wenn das Bild ruckelt.",
    ],
    policy_bad: () => [
      "Die Regeldatei enthält einen Fehler, deshalb gelten die bisherigen Regeln weiter.",
      "Berichtige die Datei und lies sie dann neu.",
    ],
    policy_refused: () => [
      "Die Regeldatei wurde beim Start der Box abgelehnt; es gelten die letzten guten Regeln, oder sonst die eingebauten, bei denen Geräte koppeln müssen.",
      "Berichtige die Datei: Auf einer bespielten Box ist es punktfunk.yaml auf dem Laufwerk PUNKTFUNK, das jeder Rechner zeigt. Starte die Box danach neu.",
    ],
    update_went_back: (p) => [
      `Das Update auf Version ${of(p, "version")} wurde zurückgenommen: ${of(p, "reason")}.`,
      "Warte auf die nächste Version; mehr sagt „punktfunk-update status“ auf der Box.",
    ],
    update_unproven: (p) => [
      `Version ${of(p, "version")} hat noch nicht bewiesen, dass sie streamen kann: ${of(p, "reason")}.`,
      "Behebe das und starte die Box neu, oder behalte sie, wie sie ist: „punktfunk-update mark-good“ auf der Box.",
    ],
    update_failed: (p) => [
      `Das Update auf Version ${of(p, "version")} ließ sich nicht installieren: ${of(p, "reason")}.`,
      "Behebe das und führ auf der Box „punktfunk-update install“ aus, oder warte: Es wird wieder versucht.",
    ],
    feed_silent: (p) => [
      `Seit ${of(p, "days")} Tagen war von neuen Versionen nichts zu hören.`,
      "„punktfunk-update check“ auf der Box sagt, was mit „update.feed“ in den Regeln nicht stimmt.",
    ],
    update_waiting: (p) => [
      `Version ${of(p, "version")} ist installiert und beginnt mit dem nächsten Neustart.`,
      "Starte die Box neu, wenn niemand zuschaut, oder überlass es der Zeit, die „update.window“ in den Regeln nennt.",
    ],
    update_ready: (p) => [
      `Version ${of(p, "version")} kann installiert werden.`,
      "Führ auf der Box „punktfunk-update install“ aus, oder überlass es der Zeit, die „update.window“ in den Regeln nennt.",
    ],
    restart_due: (p) => [
      `Die Regeln ändern ${of(p, "keys")}; das wirkt erst beim nächsten Start.`,
      "Starte den Dienst neu, wenn niemand zuschaut.",
    ],
    setting_without_effect: (p) => [
      `In den Regeln steht ${of(p, "key")}, was diese Version noch nicht kann.`,
      "Es bewirkt nichts; nimm es heraus, oder warte auf ein Update.",
    ],
    software_encoder: (p) => [
      `Der Prozessor kodiert, mit ${of(p, "encoder")}.`,
      "Für kleine Auflösungen reicht das; wähle eine kleinere, wenn das Bild ruckelt.",
    ],
    knocks_waiting: (p) => [
      p["count"] === "1" ? "Ein Gerät möchte herein." : `${of(p, "count")} Geräte möchten herein.`,
      "Gib frei, oder weise ab.",
    ],
  },
} satisfies Record<"en" | "de", Record<Exclude<Attention["code"], Faulty>, Told>>;

/** What is told in the owner's language; `undefined` where the host's own words have to do. */
export function told(
  language: "en" | "de",
  item: Pick<Attention, "params" | "sentence" | "next"> & { code: string },
): readonly [sentence: string, next: string] | undefined {
  if (item.code in BEFORE_FAULT) {
    const fault = { code: item.params["fault"] ?? "", params: item.params, found: item.sentence, next: item.next };
    const own = translated(language, fault);
    return own?.next === undefined ? undefined : [BEFORE_FAULT[item.code as Faulty] + own.found, own.next];
  }
  const table: Partial<Record<string, Told>> = attention[language];
  return table[item.code]?.(item.params);
}
