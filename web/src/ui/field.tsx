import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { useMessages } from "../i18n";
import { ChevronIcon, EyeIcon, EyeOffIcon } from "./icons";

interface LabelledProps {
  label: string;
  hint?: ComponentChildren;
  children: (ids: { id: string; "aria-describedby": string | undefined }) => ComponentChildren;
}

/** A control between its label and what helps to fill it. */
function Labelled({ label, hint, children }: LabelledProps) {
  const id = useId();
  const hintId = hint == null ? undefined : `${id}-hint`;
  return (
    <div class="field">
      <label class="field__label" for={id}>
        {label}
      </label>
      {children({ id, "aria-describedby": hintId })}
      {hint != null && (
        <div id={hintId} class="field__hint">
          {hint}
        </div>
      )}
    </div>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: ComponentChildren;
  name?: string;
  placeholder?: string;
  maxLength?: number;
  required?: boolean;
  autofocus?: boolean;
  autocomplete: "off" | "one-time-code" | "current-password" | "new-password";
}

/** A line of text with its label. */
export function Field({ label, hint, onValue, ...rest }: FieldProps) {
  return (
    <Labelled label={label} hint={hint}>
      {(ids) => (
        <input
          class="field__input"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => onValue(event.currentTarget.value)}
          {...ids}
          {...rest}
        />
      )}
    </Labelled>
  );
}

/** A file with its label. */
export function FileField(props: { label: string; accept: string; onFile: (file: File | undefined) => void }) {
  return (
    <Labelled label={props.label}>
      {(ids) => (
        <input
          class="field__input"
          type="file"
          accept={props.accept}
          onChange={(event) => props.onFile(event.currentTarget.files?.[0])}
          {...ids}
        />
      )}
    </Labelled>
  );
}

/** A password with its label, which can be made visible. */
export function PasswordField({ label, hint, onValue, ...rest }: FieldProps) {
  const t = useMessages();
  const [visible, setVisible] = useState(false);
  return (
    <Labelled label={label} hint={hint}>
      {(ids) => (
        <div class="field__row">
          <input
            class="field__input"
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => onValue(event.currentTarget.value)}
            {...ids}
            {...rest}
            {...(visible ? { type: "text" } : { type: "password" })}
          />
          <button
            type="button"
            class="field__eye"
            aria-label={visible ? t.password.hide : t.password.show}
            onClick={() => setVisible(!visible)}
          >
            {visible ? <EyeOffIcon /> : <EyeIcon />}
          </button>
        </div>
      )}
    </Labelled>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  /** The choices with their texts, in order. */
  options: readonly (readonly [T, string])[];
  onValue: (value: T) => void;
  hint?: string;
}

/** One of a few, as a list to drop down. */
export function Choice<T extends string>({ label, value, options, onValue, hint }: ChoiceProps<T>) {
  return (
    <Labelled label={label} hint={hint}>
      {(ids) => (
        <div class="select">
          <select
            class="field__input"
            value={value}
            onChange={(event) => {
              const chosen = options.find(([key]) => key === event.currentTarget.value);
              if (chosen !== undefined) {
                onValue(chosen[0]);
              }
            }}
            {...ids}
          >
            {options.map(([key, text]) => (
              <option key={key} value={key}>
                {text}
              </option>
            ))}
          </select>
          <ChevronIcon />
        </div>
      )}
    </Labelled>
  );
}

/** One of a few, all of them in sight. */
export function Switch<T extends string>({ label, value, options, onValue }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset>
      <legend class="field__label">{label}</legend>
      <div class="switch__options">
        {options.map(([key, text]) => (
          <label key={key} class="switch__option">
            <input type="radio" name={name} value={key} checked={key === value} onChange={() => onValue(key)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
