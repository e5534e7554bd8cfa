/**
 * What the owner reads for each refusal of the host: what happened, and what to do next. A test holds the codes
 * against the OpenAPI document; a code that is not here is shown in the host's own words. `code:reason` is for a refusal
 * that has several reasons.
 */
export const refusals = {
  en: {
    already_claimed: "This box has an owner already. Sign in instead.",
    already_over: "The guest’s time would be over before it begins. Choose a longer one.",
    backup_bad: "That is no backup, or the passphrase is wrong. Nothing was changed; try again.",
    bad_fingerprint: "That is no fingerprint. Reload the page and try again.",
    bad_json: "The box did not understand the request. Reload the page, which may be older than the box.",
    bad_lifetime: "That time cannot be given. Choose another one.",
    bad_name: "Nothing in that name can be shown. Type another one.",
    bad_path: "The box did not understand the address. Reload the page, which may be older than the box.",
    bad_pin: "Moonlight shows a PIN of four digits. Read it again from the device.",
    bad_query: "The box did not understand the address. Reload the page, which may be older than the box.",
    bad_window: "A PIN works for 15 seconds to 10 minutes. Choose a time between.",
    claim_code_wrong: "That is not the code of this box. Read it again, on the box’s screen or in its log.",
    clock_unknown:
      "The box does not know what time it is, so it can give no limited time. Let the device in for good, or correct the clock.",
    cross_site: "The box takes this from its own page only. Open the console at the box’s address and try again.",
    declared: "This device is declared in the policy. Change it there, then read the policy again.",
    ended_unsaved:
      "It has ended now, but that could not be saved: after a restart it would work again. Make room on the box’s disk, then end it once more.",
    forbidden: "You may not do this. Sign in as the owner, or use a token with a wider scope.",
    json_only: "The box did not understand the request. Reload the page, which may be older than the box.",
    knock_changed: "This request has changed since it was shown, so nothing was stored. Look at it again, then decide.",
    knock_gone: "The device is no longer waiting. Let it knock again.",
    list_full: "The list is full. Take out a device that is no longer needed, then try again.",
    method_not_allowed: "The box does not do that. Reload the page, which may be older than the box.",
    needs_pin: "This device shows a PIN. Enter that instead.",
    no_picture: "There is no picture to show at the moment. Try again once a screen is on.",
    not_found: "It is no longer there. The list has been read again.",
    not_saved: "It could not be saved, so nothing was changed. Make room on the box’s disk, then try again.",
    other_device:
      "Another device waits there now than the one you saw, so nothing was stored. Compare the words again.",
    passphrase_short: "This passphrase is too short. Use at least ten characters: four unrelated words will do.",
    password_weak: "This password is too easy to guess. Use a longer one: four unrelated words will do.",
    "password_weak:box_name": "The name of the box is no secret. Use another password: four unrelated words will do.",
    "password_weak:too_long": "This password is longer than 1024 bytes. Use a shorter one.",
    "password_weak:too_short": "This password is too short. Use at least ten characters: four unrelated words will do.",
    password_wrong: "That is not the password.",
    pin_armed: "A PIN is armed already, perhaps from another browser. Use it, or take it back first.",
    pin_unanswered: "The device went away before it was paired. Start pairing on it again.",
    policy_bad:
      "The policy file has a mistake, so the one before stays in force. Correct the file, then read it again.",
    proof_needed: "The box wants your password again for this.",
    revoked_unsaved:
      "The device is out now, but that could not be saved: after a restart it would be let in again. Make room on the box’s disk, then revoke it once more.",
    shows_no_pin: "This device shows no PIN. Approve it instead.",
    sign_in_needed: "You are not signed in any more. Sign in and try again.",
    slow_down: "Too many wrong tries. Wait a moment, then try again.",
    stream_gone: "That stream has already ended.",
    token_wrong: "The box does not know this browser any more. Sign in again.",
    too_large: "That is too much at once. Shorten it and try again.",
    too_many_requests: "Too many requests at once. The page reads on by itself in a moment.",
    too_slow: "The box took too long to answer. Try again.",
    unclaimed: "This box has no owner yet. Claim it first.",
    unreadable: "The request broke off on the way. Try again.",
    worker_lost: "The host broke down at this. Its log says where; try again.",
    wrong_host:
      "The box does not answer to this address. Open it by its IP address, or list the name under “console.hosts” in the policy.",
    wrong_pin: "The device shows another PIN. Nothing was paired; start pairing on it again.",
  },
  de: {
    already_claimed: "Diese Box hat schon einen Besitzer. Melde dich stattdessen an.",
    already_over: "Die Zeit des Gasts wäre vorbei, bevor sie beginnt. Wähle eine längere.",
    backup_bad: "Das ist keine Sicherung, oder das Kennwort ist falsch. Nichts wurde geändert; versuch es noch einmal.",
    bad_fingerprint: "Das ist kein Fingerabdruck. Lade die Seite neu und versuch es noch einmal.",
    bad_json: "Die Box hat die Anfrage nicht verstanden. Lade die Seite neu, sie ist vielleicht älter als die Box.",
    bad_lifetime: "Diese Zeit ist nicht möglich. Wähle eine andere.",
    bad_name: "Von diesem Namen lässt sich nichts anzeigen. Gib einen anderen ein.",
    bad_path: "Die Box hat die Adresse nicht verstanden. Lade die Seite neu, sie ist vielleicht älter als die Box.",
    bad_pin: "Moonlight zeigt eine PIN mit vier Ziffern. Lies sie noch einmal ab.",
    bad_query: "Die Box hat die Adresse nicht verstanden. Lade die Seite neu, sie ist vielleicht älter als die Box.",
    bad_window: "Eine PIN gilt 15 Sekunden bis 10 Minuten. Wähle eine Zeit dazwischen.",
    claim_code_wrong:
      "Das ist nicht der Code dieser Box. Lies ihn noch einmal ab, auf ihrem Bildschirm oder in ihrem Protokoll.",
    clock_unknown:
      "Die Box weiß nicht, wie spät es ist, und kann deshalb keine begrenzte Zeit geben. Lass das Gerät dauerhaft zu, oder stell die Uhr.",
    cross_site:
      "Das nimmt die Box nur von ihrer eigenen Seite an. Öffne die Konsole unter der Adresse der Box und versuch es noch einmal.",
    declared: "Dieses Gerät ist in den Regeln eingetragen. Ändere es dort und lies die Regeln dann neu.",
    ended_unsaved:
      "Es ist jetzt beendet, aber das ließ sich nicht speichern: Nach einem Neustart ginge es wieder. Schaff auf der Box Speicherplatz und beende es dann noch einmal.",
    forbidden: "Das darfst du nicht. Melde dich als Besitzer an, oder nimm einen Schlüssel mit größerem Umfang.",
    json_only: "Die Box hat die Anfrage nicht verstanden. Lade die Seite neu, sie ist vielleicht älter als die Box.",
    knock_changed:
      "Diese Anfrage hat sich geändert, seit sie angezeigt wurde; nichts wurde gespeichert. Sieh sie noch einmal an und entscheide dann.",
    knock_gone: "Das Gerät wartet nicht mehr. Lass es noch einmal anklopfen.",
    list_full:
      "Die Liste ist voll. Nimm ein Gerät heraus, das nicht mehr gebraucht wird, und versuch es dann noch einmal.",
    method_not_allowed: "Das kann die Box nicht. Lade die Seite neu, sie ist vielleicht älter als die Box.",
    needs_pin: "Dieses Gerät zeigt eine PIN. Gib stattdessen die ein.",
    no_picture: "Zurzeit gibt es kein Bild. Versuch es noch einmal, sobald ein Bildschirm an ist.",
    not_found: "Das gibt es nicht mehr. Die Liste wurde neu gelesen.",
    not_saved:
      "Es ließ sich nicht speichern, deshalb wurde nichts geändert. Schaff auf der Box Speicherplatz und versuch es dann noch einmal.",
    other_device:
      "Dort wartet jetzt ein anderes Gerät als das, das du gesehen hast; nichts wurde gespeichert. Vergleiche die Wörter noch einmal.",
    passphrase_short:
      "Dieses Kennwort ist zu kurz. Nimm mindestens zehn Zeichen: Vier Wörter ohne Zusammenhang genügen.",
    password_weak:
      "Dieses Passwort ist zu leicht zu erraten. Nimm ein längeres: Vier Wörter ohne Zusammenhang genügen.",
    "password_weak:box_name":
      "Der Name der Box ist kein Geheimnis. Nimm ein anderes Passwort: Vier Wörter ohne Zusammenhang genügen.",
    "password_weak:too_long": "Dieses Passwort ist länger als 1024 Bytes. Nimm ein kürzeres.",
    "password_weak:too_short":
      "Dieses Passwort ist zu kurz. Nimm mindestens zehn Zeichen: Vier Wörter ohne Zusammenhang genügen.",
    password_wrong: "Das ist nicht das Passwort.",
    pin_armed:
      "Es gilt schon eine PIN, vielleicht aus einem anderen Browser. Benutze sie, oder nimm sie zuerst zurück.",
    pin_unanswered: "Das Gerät ging weg, bevor es gekoppelt war. Fang auf ihm noch einmal an.",
    policy_bad:
      "Die Regeldatei enthält einen Fehler, deshalb gelten die bisherigen Regeln weiter. Berichtige die Datei und lies sie dann neu.",
    proof_needed: "Dafür möchte die Box dein Passwort noch einmal.",
    revoked_unsaved:
      "Das Gerät ist jetzt draußen, aber das ließ sich nicht speichern: Nach einem Neustart käme es wieder herein. Schaff auf der Box Speicherplatz und entzieh ihm die Freigabe dann noch einmal.",
    shows_no_pin: "Dieses Gerät zeigt keine PIN. Gib es stattdessen frei.",
    sign_in_needed: "Du bist nicht mehr angemeldet. Melde dich an und versuch es noch einmal.",
    slow_down: "Zu viele falsche Versuche. Warte einen Moment und versuch es dann noch einmal.",
    stream_gone: "Diese Übertragung ist schon beendet.",
    token_wrong: "Die Box kennt diesen Browser nicht mehr. Melde dich neu an.",
    too_large: "Das ist zu viel auf einmal. Kürze es und versuch es noch einmal.",
    too_many_requests: "Zu viele Anfragen auf einmal. Die Seite liest in einem Moment von selbst weiter.",
    too_slow: "Die Box hat zu lange für die Antwort gebraucht. Versuch es noch einmal.",
    unclaimed: "Diese Box hat noch keinen Besitzer. Übernimm sie zuerst.",
    unreadable: "Die Anfrage ist unterwegs abgebrochen. Versuch es noch einmal.",
    worker_lost: "Der Host ist daran gescheitert. Sein Protokoll sagt, wo; versuch es noch einmal.",
    wrong_host:
      "Auf diese Adresse hört die Box nicht. Öffne sie über ihre IP-Adresse, oder trag den Namen in den Regeln unter „console.hosts“ ein.",
    wrong_pin: "Das Gerät zeigt eine andere PIN. Nichts wurde gekoppelt; fang auf ihm noch einmal an.",
  },
} satisfies Record<"en" | "de", Record<string, string>>;
