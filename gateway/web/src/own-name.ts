// The technician's name: asked once, remembered on this device.
const key = "millwright.actor";

export const ownName = (): string => orNothing(() => localStorage.getItem(key)) ?? "";
export const rememberOwnName = (name: string): void => orNothing(() => localStorage.setItem(key, name.trim()));

/** A browser that keeps nothing (cookies are off, a private window) asks for the name every time; no answer fails for it. */
function orNothing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
