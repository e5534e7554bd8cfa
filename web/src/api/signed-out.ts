let whenSignedOut: () => void = () => undefined;

/** The host no longer knows this browser. */
export function signedOut(): void {
  whenSignedOut();
}

/** What to do when {@link signedOut} is noticed. */
export function onSignedOut(action: () => void): void {
  whenSignedOut = action;
}
