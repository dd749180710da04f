/** A text that scrolls in itself, and that the keyboard can reach to do so. */
export function ScrollText({ text }: { readonly text: string }) {
  return (
    // A part that scrolls must take the focus, or the keyboard can't scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="mono" tabIndex={0}>
      {text}
    </pre>
  );
}
