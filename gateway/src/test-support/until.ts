/** Looks every few ms until `look` gives something. Rejects after `timeoutMs` of real time. */
export async function until<T>(look: () => T | Promise<T>, what: string, timeoutMs = 8_000): Promise<Exclude<T, undefined | null | false>> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found as Exclude<T, undefined | null | false>;
    if (performance.now() > endMs) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
