/** A line to type on the box. */
export function Command({ line }: { line: string }) {
  return (
    <pre class="command" tabIndex={0}>
      <code translate={false}>{line}</code>
    </pre>
  );
}
