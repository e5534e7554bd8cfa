/** What was found, and what to do about it. */
export type Told = readonly [found: string, next?: string];

/** What the checks of the doctor look at, in German. */
export const subjects: readonly (readonly [RegExp, string])[] = [
  [/^running host$/, "laufender Host"],
  [/^policy$/, "Regeln"],
  [/^pairing$/, "Koppeln"],
  [/^state directory$/, "Datenordner"],
  [/^free space$/, "freier Platz"],
  [/^allow-list$/, "Geräteliste"],
  [/^identity$/, "Identität"],
  [/^(UDP|TCP) port /, "$1-Port "],
  [/^discovery$/, "Auffinden im Netz"],
  [/^picture$/, "Bild"],
  [/^screen service$/, "Bildschirmdienst"],
  [/^output /, "Ausgang "],
  [/^encoder\b/, "Encoder"],
  [/^input$/, "Eingabe"],
  [/^clock$/, "Uhr"],
  [/^send buffers$/, "Sendepuffer"],
];

/** What the host says about the machine, in German, by its codes. */
export const machine: Readonly<Record<string, Told>> = {
  host_answers: ["Antwortet. Version {version}; zugelassene Geräte: {paired}, wartende: {pending}."],
  host_silent: ["Es antwortet kein Host.", "Starte ihn mit „punktfunk-host serve“."],

  policy_read: ["Gelesen; diese Box heißt {name}."],
  policy_bad: ["{text}", "Berichtige die Datei; „punktfunk-host config check“ sieht sie wieder an."],
  policy_refused: [
    "Die Regeldatei wurde beim Start der Box abgelehnt: {text}",
    "Berichtige sie (auf einer bespielten Box punktfunk.yaml auf dem Laufwerk PUNKTFUNK), und starte die Box neu.",
  ],
  open_mode: ["Jedes Gerät im Netz darf zuschauen.", "Das ändert „pairing.require“ in den Regeln."],

  state_missing: ["{path} gibt es noch nicht; der erste Start legt es an."],
  state_unreadable: ["{path} lässt sich nicht ansehen.", "Versuch es noch einmal mit sudo."],
  state_no_folder: ["{path} ist kein Ordner.", "Verschieb es, oder wähle einen anderen --state-dir."],
  state_open: ["{path} hat die Rechte {mode}; auch andere könnten die Schlüssel darin lesen.", "chmod 700 {path}"],
  state_foreign: [
    "{path} gehört Benutzer {owner}, und dies ist Benutzer {user}.",
    "Führ es als jener Benutzer oder mit sudo aus.",
  ],
  state_private: ["{path} ist privat, und sein Besitzer (Benutzer {owner}) kann hineinschreiben."],
  space: ["{mib} MiB frei, wo die Daten der Box liegen."],
  space_short: [
    "Nur {mib} MiB frei, wo die Daten der Box liegen.",
    "Schaff Platz, sonst kann kein Gerät zugelassen werden.",
  ],
  space_unknown: ["Wie viel Platz frei ist, lässt sich nicht feststellen.", "Sieh nach der Platte."],
  identity_damaged: [
    "Die Identität der Box ist beschädigt. Nichts wurde geändert.",
    "„punktfunk-host doctor“ auf der Box sagt, welche Datei es ist und wie du zurückkommst.",
  ],
  identity_gone: [
    "Die Identität der Box ist weg, obwohl sie schon eine hatte. Nichts wurde geändert.",
    "Spiel eine Sicherung zurück; „punktfunk-host doctor“ auf der Box sagt, wie es ohne geht.",
  ],
  identity_unreadable: ["Die Identität der Box lässt sich nicht lesen.", "Sieh nach ihrem Besitzer und der Platte."],
  list_held: ["Geräte: {devices}. Der laufende Host hält die Liste."],
  list_good: ["Geräte: {devices}."],
  list_missing: ["Noch nicht da; der erste Start legt sie an."],
  list_locked: ["Ein Host benutzt sie, der hier nicht antwortet.", "Sag mit --runtime-dir, wo."],
  list_unreadable: ["Sie lässt sich nicht lesen.", "Sieh nach ihrem Besitzer und der Platte."],
  list_damaged: [
    "Sie lässt sich so nicht benutzen: Sie ist beschädigt, nicht vollständig oder nicht mehr da. Nichts wurde geändert.",
    "„punktfunk-host doctor“ auf der Box sagt, welche Datei es ist und wie du zurückkommst.",
  ],

  port_free: ["Frei."],
  port_ours: ["Offen, durch den laufenden Host."],
  port_refused: ["Lässt sich nicht öffnen: {reason}.", "Setz {key} in den Regeln."],
  port_taken: ["Belegt durch {holder}.", "Beende dieses Programm, oder setz {key} in den Regeln."],
  port_taken_unseen: ["Belegt durch ein anderes Programm.", "Beende es, oder setz {key} in den Regeln."],

  discoverable: ["Geräte finden diese Box über {interfaces} (mDNS)."],
  no_network: [
    "Kein aktiver Netzwerkanschluss beherrscht Multicast; nur Programme auf dieser Box können sich verbinden.",
    "Steck ein Kabel ein, oder tritt einem WLAN bei.",
  ],
  interfaces_unlisted: [
    "Die Netzwerkanschlüsse lassen sich nicht auflisten: {reason}.",
    "Gib auf den Geräten die Adresse der Box ein.",
  ],

  clock_plausible: ["Plausibel."],
  clock_never_set: [
    "Weit in der Vergangenheit, deshalb müssen Gäste warten.",
    "Schalte den Zeitabgleich ein (timedatectl set-ntp true).",
  ],
  send_buffers: ["Bis zu {kib} KiB.", "Für Bitraten über 50 Mbit/s erhöhe sie: sysctl -w net.core.wmem_max=4194304"],
  send_buffers_unknown: ["Der Kernel sagt nicht, wie groß sie sein dürfen."],

  encoder_works: ["{encoder} hat ein Bild von {size} in {ms} ms kodiert."],
  encoder_fails: ["Es ließ sich kein Bild kodieren: {reason}."],
  no_codec: [
    "Kein Gerät bekommt ein Bild: Die Regeln erlauben nur {allowed}, und die Box kann nur {here}.",
    "Nimm {here} in „encode.codecs“ in den Regeln auf.",
  ],
  no_encoder: ["Diese Box hat keinen Videoencoder.", "Installiere ein FFmpeg mit libx264 (Debian: libavcodec59)."],
  input_off: ["In den Regeln ausgeschaltet."],
  input_works: ["Der Kernel legt jedes Gerät an: {devices}."],

  uinput_missing: [
    "{path} gibt es nicht.",
    "Lade das Kernelmodul mit „modprobe uinput“, und trag „uinput“ in /etc/modules-load.d ein, damit es nach einem Neustart da ist.",
  ],
  uinput_without_driver: [
    "Hinter {path} steht kein Treiber.",
    "Lade das Kernelmodul mit „modprobe uinput“; wenn das scheitert, nimm einen Kernel mit CONFIG_INPUT_UINPUT.",
  ],
  uinput_denied: [
    "Der Host darf {path} nicht beschreiben.",
    "Gib dem Dienst das Recht dazu: mit einer udev-Regel, der Gruppe input und DeviceAllow={path} rw in seiner Unit.",
  ],
  uinput_not_opened: [
    "{path} ließ sich nicht öffnen ({reason}).",
    "„punktfunk-host doctor“ zeigt den Zustand der Box.",
  ],
  input_device_refused: ["Der Kernel wollte {device} nicht anlegen ({reason}).", "„dmesg“ nennt seinen Grund."],
  input_thread_not_started: ["Die Eingabe ließ sich nicht starten ({reason}).", "Beende eine andere Übertragung."],
  input_device_stopped: [
    "{device} nimmt keine Eingaben mehr an ({reason}).",
    "Beende die Übertragung und verbinde dich neu.",
  ],

  screen_service_answers: ["Antwortet unter {path}."],
  output_on: ["An, mit {mode}. Bildschirm: {monitor}, Treiber: {driver}."],
  output_off: ["Angeschlossen, aber aus. Bildschirm: {monitor}, Treiber: {driver}."],
  output_unplugged: ["Nichts angeschlossen. Treiber: {driver}."],
  screen_gives_pictures: ["{output} liefert {size}."],
  file_plays: ["Die Datei liefert {size}."],
  screen_service_missing: [
    "Diese Box hat einen Bildschirmausgang, aber unter {path} gibt niemand das Bild heraus.",
    "Starte punktfunk-screen: systemctl start punktfunk-screen",
  ],
  screen_service_broke_off: [
    "Der Bildschirmdienst ist abgebrochen ({reason}).",
    "Er wird wieder gefragt; „journalctl -u punktfunk-screen“ sagt, warum.",
  ],
  screen_service_foreign: [
    "Der Bildschirmdienst und der Host verstehen einander nicht.",
    "Beide müssen aus derselben Version sein: Starte nach einem Update beide neu.",
  ],
  screen_service_powerless: [
    "Der Kernel verbirgt den Bildschirm vor dem Bildschirmdienst.",
    "Gib seiner Unit AmbientCapabilities=CAP_SYS_ADMIN.",
  ],
  screen_service_busy: [
    "Der Bildschirmdienst bedient schon {clients} Programme.",
    "Beende einen anderen Host oder eine andere Prüfung auf dieser Box.",
  ],
  no_graphics_card: [
    "Diese Box hat keine Grafikkarte mit Bildschirmausgang.",
    "Sieh nach, ob ihr Kerneltreiber geladen ist (ls /dev/dri).",
  ],
  graphics_card_silent: [
    "Die Grafikkarte antwortet nicht auf {detail} ({reason}).",
    "Wenn sie nicht eben abgezogen wurde, lass den Bildschirmdienst /dev/dri benutzen (Gruppe video).",
  ],
  no_screen_on: ["Kein Bildschirm ist an ({connected}).", "Starte auf der Box eine Sitzung, oder weck den Bildschirm."],
  no_such_output: ["Es gibt keinen Ausgang namens {output}.", "„punktfunk-host doctor“ listet auf, welche es gibt."],
  screen_tiled: [
    "Das Bild von {output} liegt so im Speicher des Treibers {driver}, dass Software es nicht lesen kann.",
    "Übertrage einen anderen Ausgang, oder setz capture.source auf test-card.",
  ],
  screen_format: [
    "{output} zeigt Bildpunkte im Format {format}, das Software nicht lesen kann.",
    "Übertrage einen anderen Ausgang, oder setz capture.source auf test-card.",
  ],
  screen_geometry: [
    "Der Speicher des Bildschirms ist kleiner als das Bild; der Treiber {driver} beschreibt ihn falsch.",
    "Übertrage einen anderen Ausgang, oder setz capture.source auf test-card.",
  ],
  screen_unmapped: [
    "Der Speicher des Bildschirms lässt sich nicht einblenden ({reason}).",
    "Übertrage einen anderen Ausgang, oder setz capture.source auf test-card.",
  ],
  screen_gives_none: ["Innerhalb einer Sekunde kam kein Bild.", "Sieh auf den Bildschirm der Box selbst."],
  source_gives_none: ["Innerhalb von drei Sekunden kam kein Bild.", "Sieh auf den Bildschirm der Box selbst."],
  picture_unreadable: ["Das Bild ließ sich nicht umwandeln.", "Versuch es noch einmal."],
  test_card_chosen: ["Die Regeln verlangen das Testbild."],
  test_card_mode: [
    "Ein Testbild mit {mode} geht nicht.",
    "Eine Seite kann 64 bis 8192 Bildpunkte haben, und es können 1 bis 480 Bilder pro Sekunde sein.",
  ],
  file_empty: ["Die Datei aus capture.source liefert kein Bild.", "Wähle in den Regeln eine andere."],
  sound_library_missing: [
    "Die Bibliothek, die mit dem Tonserver spricht, fehlt: {reason}.",
    "Installiere sie (unter Debian libpulse0), oder setz audio.source auf none.",
  ],
  sound_not_encoded: ["libopus kann den Ton nicht kodieren: {reason}.", "Starte den Dienst neu."],
  sound_server_silent: [
    "Der Tonserver liefert keinen Ton: {reason}.",
    "Starte PipeWire oder PulseAudio für das ganze System und gib dem Benutzer dieses Dienstes Zugang, oder setz audio.source auf none.",
  ],
  sound_without_opus: [
    "Den FFmpeg-Bibliotheken fehlt libopus, deshalb gibt es keinen Ton.",
    "Installiere sie vollständig (unter Debian libavcodec59).",
  ],
  film_sound_unplayable: [
    "Der Ton von {path} lässt sich nicht abspielen: {reason}.",
    "Nimm einen Film, dessen Ton FFmpeg lesen kann, oder setz audio.source auf none.",
  ],
  file_unplayable: ["{path} lässt sich nicht abspielen: {reason}.", "Nimm eine Videodatei, die FFmpeg lesen kann."],
};
