import { useMessages } from "../i18n";
import { LEAST, strengthOf, type Strength } from "../lib/strength";
import { PasswordField } from "./field";

const BARS: Record<Strength, number> = { empty: 0, short: 1, weak: 1, fair: 2, good: 3, strong: 4 };

/** A password that is to be chosen, with its strength as it is typed. */
export function NewPassword(props: { label: string; value: string; onValue: (value: string) => void }) {
  const t = useMessages();
  const strength = strengthOf(props.value);
  const words: Record<Strength, string> = {
    empty: t.password.empty,
    short: t.password.short(LEAST),
    weak: t.password.weak,
    fair: t.password.fair,
    good: t.password.good,
    strong: t.password.strong,
  };
  return (
    <PasswordField
      {...props}
      autocomplete="new-password"
      name="new-password"
      required
      hint={
        <>
          <span class={`strength strength--${strength}`} aria-hidden="true">
            {[1, 2, 3, 4].map((bar) => (
              <span key={bar} class={bar <= BARS[strength] ? "strength__bar strength__bar--on" : "strength__bar"} />
            ))}
          </span>
          <span aria-live="polite">{words[strength]}</span>
        </>
      }
    />
  );
}
