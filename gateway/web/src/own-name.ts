// The technician's name: asked once, remembered on this device.
const key = "millwright.actor";

export const ownName = (): string => localStorage.getItem(key) ?? "";
export const rememberOwnName = (name: string): void => localStorage.setItem(key, name.trim());
