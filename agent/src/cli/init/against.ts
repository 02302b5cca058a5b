// What a schema has against an answer, in its own words; null where nothing. Pure.
import * as v from "valibot";

export const against =
  (schema: v.GenericSchema) =>
  (answer: unknown): string | null => {
    const result = v.safeParse(schema, answer);
    return result.success ? null : (result.issues[0]?.message ?? "not this");
  };
