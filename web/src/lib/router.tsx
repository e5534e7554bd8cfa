import type { ComponentChildren } from "preact";
import { createStore, useStore } from "./store";

const path = createStore(typeof location === "undefined" ? "/" : location.pathname);

if (typeof window !== "undefined") {
  window.addEventListener("popstate", () => path.set(location.pathname));
}

/** The path that is shown. */
export function usePath(): string {
  return useStore(path);
}

/** Shows another page of the console. */
export function navigate(to: string): void {
  if (to === path.get()) {
    return;
  }
  history.pushState(null, "", to);
  scrollTo(0, 0);
  path.set(to);
}

interface LinkProps {
  href: string;
  class?: string;
  "aria-current"?: "page" | undefined;
  children: ComponentChildren;
}

/** A link to a page of the console. What opens new tabs or windows is left to the browser. */
export function Link({ href, ...rest }: LinkProps) {
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={onClick} {...rest} />;
}
