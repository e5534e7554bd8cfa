import type { ComponentChildren } from "preact";

/** What stands where there is nothing yet: what that means, and how something comes there. */
export function Empty({
  icon,
  title,
  children,
}: {
  icon: ComponentChildren;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <span class="empty__icon">{icon}</span>
      <p class="empty__title">{title}</p>
      {children != null && <div class="empty__text">{children}</div>}
    </div>
  );
}
