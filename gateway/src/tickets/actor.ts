// Who answered a ticket, as they sign, and what they add.
import * as v from "valibot";

const Text = (max: number) => v.pipe(v.string(), v.trim(), v.maxLength(max, `must have at most ${max} characters`));

/** Who did something, as they sign: printed at terminals, too. */
export const Actor = v.pipe(Text(80), v.nonEmpty("must say who you are"), v.regex(/^\P{Cc}*$/u, "must be one line of text"));
export const Note = Text(2_000);

/** A note as it is kept: null where nothing was written. */
export const noteOf = (note: string | undefined): string | null => (note === undefined || note === "" ? null : note);
