import type { Recorded } from "../api/types";

/** What can stand in the record, in words. What the document names and this does not is a type error. */
const happenings = {
  en: {
    knocked: "Knocked",
    approved: "Approved",
    denied: "Turned away",
    ignored: "Ignored for good",
    unignored: "No longer ignored",
    paired: "Paired by PIN",
    wrong_pin: "Wrong PIN",
    abandoned: "Pairing broken off",
    revoked: "Revoked",
    revoked_unsaved: "Revoked, but not saved yet",
    changed: "Name or rights changed",
    lapsed: "Guest time is over",
    armed: "PIN armed",
    disarmed: "PIN disarmed",
    claimed: "Box claimed",
    wrong_code: "Wrong claim code",
    signed_in: "Signed in",
    wrong_password: "Wrong password",
    signed_out: "Signed out",
    session_revoked: "Browser signed out from another one",
    password_changed: "Password changed",
    reset: "Password reset at the box",
    token_made: "API token made",
    token_revoked: "API token revoked",
  },
  de: {
    knocked: "Angeklopft",
    approved: "Freigegeben",
    denied: "Abgewiesen",
    ignored: "Für immer ignoriert",
    unignored: "Nicht mehr ignoriert",
    paired: "Mit PIN gekoppelt",
    wrong_pin: "Falsche PIN",
    abandoned: "Koppeln abgebrochen",
    revoked: "Freigabe entzogen",
    revoked_unsaved: "Freigabe entzogen, aber noch nicht gespeichert",
    changed: "Name oder Rechte geändert",
    lapsed: "Zeit als Gast abgelaufen",
    armed: "PIN erzeugt",
    disarmed: "PIN zurückgenommen",
    claimed: "Box übernommen",
    wrong_code: "Falscher Code der Box",
    signed_in: "Angemeldet",
    wrong_password: "Falsches Passwort",
    signed_out: "Abgemeldet",
    session_revoked: "Browser von einem anderen aus abgemeldet",
    password_changed: "Passwort geändert",
    reset: "Passwort an der Box zurückgesetzt",
    token_made: "API-Schlüssel erzeugt",
    token_revoked: "API-Schlüssel entzogen",
  },
} satisfies Record<"en" | "de", Record<Recorded["what"], string>>;

/** What happened, in words; the host's own word where this console is too old to know it. */
export function happened(language: "en" | "de", what: string): string {
  const table: Record<string, string> = happenings[language];
  return table[what] ?? what;
}
