import type { ComponentChildren } from "preact";

type ButtonKind = "primary" | "plain" | "quiet" | "danger";

interface ButtonProps {
  kind?: ButtonKind;
  type?: "button" | "submit";
  /** What it started is under way: it keeps the focus, but takes no second press. */
  busy?: boolean;
  /** Takes no press for now. It keeps the focus all the same, so that nobody who types loses their place. */
  disabled?: boolean;
  /** Says more than the text to those who cannot see what stands around it. */
  "aria-label"?: string;
  onClick?: () => void;
  children: ComponentChildren;
}

export function Button({
  kind = "plain",
  type = "button",
  busy = false,
  disabled = false,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      class={`button button--${kind}`}
      aria-busy={busy}
      aria-disabled={busy || disabled || undefined}
      onClick={(event) => {
        if (busy || disabled) {
          // Enter in a field presses the button too.
          event.preventDefault();
        } else {
          onClick?.();
        }
      }}
      {...rest}
    />
  );
}
