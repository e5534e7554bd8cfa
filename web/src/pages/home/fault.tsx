import type { Session } from "../../api/types";
import { useLanguage } from "../../i18n";
import { sentence } from "../../i18n/format";
import { translated } from "../../i18n/machine";
import { AlertIcon } from "../../ui/icons";

/** Why a card is shown in place of the screen, and what to do about it. */
export function FaultBanner({ fault }: { fault: NonNullable<Session["fault"]> }) {
  const own = translated(useLanguage(), { ...fault, found: fault.sentence });
  return (
    <p class="banner banner--alarm">
      <AlertIcon />
      <span lang={own === undefined ? "en" : undefined}>
        <strong>{own?.found ?? sentence(fault.sentence)}</strong> {own?.next ?? sentence(fault.next)}
      </span>
    </p>
  );
}
