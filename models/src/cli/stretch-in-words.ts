/** Rows of a history in succession, for a person: `row 5 at …`, `rows 5–9 from …`. */
export const stretchInWords = ({ from_row, to_row, at }: { from_row: number; to_row: number; at: string }): string =>
  `${from_row === to_row ? `row ${from_row} at` : `rows ${from_row}–${to_row} from`} ${at}`;
