/** T-1, T-2, …: short, for people, and the same for ever. */
export const ticketId = (no: number): string => `T-${no}`;

/** @returns the number in a ticket's id, or null where it is none. */
export function ticketNo(id: string): number | null {
  const match = /^T-([1-9]\d{0,14})$/i.exec(id);
  return match === null ? null : Number(match[1]);
}
