// What a device on the wire is to the server: a unit number and, at any moment, registers or silence.
import type { RegisterImage } from "../registers/register-image.ts";

export type WireDevice = {
  readonly unit: number;
  /** Called once per valid request, at the moment of the request. @returns its registers now, or "silent": it does not answer at all. */
  present(): Pick<RegisterImage, "read"> | "silent";
};
