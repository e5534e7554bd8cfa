import type { Level } from "../../api/types";
import { useMessages } from "../../i18n";
import { Choice } from "../../ui/field";

const LEVELS = ["watch", "play", "full", "owner"] as const satisfies readonly Level[];

/** For how long a device is let in, in seconds; `undefined` is for good. */
const EXPIRIES = {
  forever: undefined,
  hour: 3_600,
  evening: 4 * 3_600,
  day: 86_400,
  week: 7 * 86_400,
  month: 30 * 86_400,
} as const;

export type Expiry = keyof typeof EXPIRIES;

export function secondsOf(expiry: Expiry): number | undefined {
  return EXPIRIES[expiry];
}

interface GrantFieldsProps<E extends Expiry | "keep"> {
  level: Level;
  onLevel: (level: Level) => void;
  expiry: E;
  onExpiry: (expiry: E) => void;
  /** The choices of time, if not all of them. */
  expiries?: readonly E[];
}

/** What a device may do, and for how long. */
export function GrantFields<E extends Expiry | "keep" = Expiry>({
  level,
  onLevel,
  expiry,
  onExpiry,
  expiries = Object.keys(EXPIRIES) as E[],
}: GrantFieldsProps<E>) {
  const t = useMessages();
  return (
    <>
      <Choice
        label={t.device.level}
        value={level}
        options={LEVELS.map((key) => [key, t.device.levels[key]] as const)}
        onValue={onLevel}
        hint={t.device.levelHints[level]}
      />
      <Choice
        label={t.device.expiry}
        value={expiry}
        options={expiries.map((key) => [key, t.device.expiries[key]] as const)}
        onValue={onExpiry}
      />
    </>
  );
}
