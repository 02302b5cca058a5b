/** T-1, T-2, …: short, for people, and the same for ever. */
export const ticketId = (no: number): string => `T-${no}`;
/** M-1, M-2, …: of a ticket about a model. */
export const modelTicketId = (no: number): string => `M-${no}`;

/** @returns the number in a ticket's id, or null where it is none. */
export const ticketNo = (id: string): number | null => numberAfter("T", id);
export const modelTicketNo = (id: string): number | null => numberAfter("M", id);

function numberAfter(letter: "T" | "M", id: string): number | null {
  const match = /^([A-Z])-([1-9]\d{0,14})$/i.exec(id);
  return match?.[1]?.toUpperCase() === letter ? Number(match[2]) : null;
}
