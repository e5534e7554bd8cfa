import type { ComponentChildren } from "preact";

/** Icons are ornaments beside a text; they say nothing by themselves. */
function icon(children: ComponentChildren) {
  return function Icon() {
    return (
      <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        {children}
      </svg>
    );
  };
}

export const HomeIcon = icon(
  <path d="M4 11.2 12 4.5l8 6.7M6 9.6V19a.8.8 0 0 0 .8.8h10.4a.8.8 0 0 0 .8-.8V9.6M10 19.5V14h4v5.5" />,
);
export const DevicesIcon = icon(
  <>
    <rect x="3.5" y="5" width="12" height="9" rx="1.5" />
    <path d="M6.5 18H12M9.5 14v4" />
    <rect x="15" y="9.5" width="5.5" height="10" rx="1.3" />
  </>,
);
export const HealthIcon = icon(<path d="M3.5 12.5h4l2.2-6 4.2 11 2.3-5h4.3" />);
export const PolicyIcon = icon(
  <>
    <path d="M6.5 3.8h7.8l3.7 3.8v11.6a1 1 0 0 1-1 1H6.5a1 1 0 0 1-1-1V4.8a1 1 0 0 1 1-1Z" />
    <path d="M9 11h6M9 14h6M9 17h3.5" />
  </>,
);
export const RecentIcon = icon(
  <>
    <path d="M4.2 12a7.8 7.8 0 1 1 2.4 5.6M4 17.8v-3.4h3.4" />
    <path d="M12 8v4.3l2.8 1.7" />
  </>,
);
export const AccountIcon = icon(
  <>
    <circle cx="12" cy="8.5" r="3.6" />
    <path d="M4.8 19.6c1-3.4 3.8-5 7.2-5s6.2 1.6 7.2 5" />
  </>,
);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const AlertIcon = icon(<path d="M12 4 3.2 19h17.6L12 4ZM12 10v4.2M12 16.7v.1" />);
export const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.2" />
    <path d="M12 11v5M12 8v.1" />
  </>,
);
export const ChevronIcon = icon(<path d="m7.5 10 4.5 4.5 4.5-4.5" />);
export const EyeIcon = icon(
  <>
    <path d="M2.8 12C4.8 8 8.2 6 12 6s7.2 2 9.2 6c-2 4-5.4 6-9.2 6s-7.2-2-9.2-6Z" />
    <circle cx="12" cy="12" r="2.8" />
  </>,
);
export const EyeOffIcon = icon(
  <path d="M4 4l16 16M9.8 6.3A9.5 9.5 0 0 1 12 6c3.8 0 7.2 2 9.2 6a12 12 0 0 1-2.7 3.5M14.3 17.7c-.7.2-1.5.3-2.3.3-3.8 0-7.2-2-9.2-6a12 12 0 0 1 3.3-4M10 10.2a2.8 2.8 0 0 0 3.8 3.8" />,
);
export const KnockIcon = icon(
  <>
    <path d="M6 20.5V5a1.5 1.5 0 0 1 1.5-1.5h9A1.5 1.5 0 0 1 18 5v15.5M3.5 20.5h17" />
    <path d="M14.5 12v.1" />
  </>,
);
export const ScreenIcon = icon(
  <>
    <rect x="3.5" y="5" width="17" height="11" rx="1.5" />
    <path d="M8.5 19.5h7" />
  </>,
);

/** The mark of punktfunk: a point that sends. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="mark__ground" width="32" height="32" rx="8" />
      <circle class="mark__point" cx="16" cy="22" r="3.4" />
      <path class="mark__wave" d="M10.2 17.2a7.6 7.6 0 0 1 11.6 0M5.9 12.4a13.6 13.6 0 0 1 20.2 0" />
    </svg>
  );
}
