// Damage that every transport knows. Pure: what is drawn, is drawn from the fate's own stream.
import { wholeBetween } from "../random/random.ts";
import type { WireFate } from "./wire-faults.ts";

/** Random bytes. */
export const noiseBytes = ({ random }: WireFate, most = 12): Buffer =>
  Buffer.from(Array.from({ length: wholeBetween(random, 1, most) }, () => wholeBetween(random, 0, 255)));

/** The first part of a frame: at least one byte, never all. */
export const halfOf = (frame: Buffer, { random }: WireFate): Buffer => frame.subarray(0, wholeBetween(random, 1, frame.length - 1));

/** Whether noise takes the place of the reply: one time in four. */
export const isInstead = ({ random }: WireFate): boolean => random() < 0.25;

/** Any unit but this one, 1 to 247. */
export const otherUnit = (unit: number, { random }: WireFate): number =>
  ((((unit - 1 + wholeBetween(random, 1, 246)) % 247) + 247) % 247) + 1;
