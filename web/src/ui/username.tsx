/** There is one owner and no user name; password managers want one all the same. */
export function Username({ box }: { box: string }) {
  return (
    <input
      class="unseen"
      type="text"
      name="username"
      autocomplete="username"
      value={box}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
