/** One line that something is not as it should be. Announced to screen readers. */
export function Notice({ text }: { text: string | null }) {
  return text === null ? null : (
    <p class="notice" role="status">
      {text}
    </p>
  );
}
