// What a wire may do to requests and replies, as a scenario file or the control socket says it. Durations are real time: a wire knows no machine time.
import { duration } from "@millwright/contract/duration";
import * as v from "valibot";

const ratePhrase = "must be a number from 0 to 1";
/** Probability per request. */
const Rate = v.pipe(v.number(ratePhrase), v.minValue(0, ratePhrase), v.maxValue(1, ratePhrase));

const msPhrase = "must be from 0 to 60000 ms";
const Ms = v.pipe(v.number(msPhrase), v.minValue(0, msPhrase), v.maxValue(60_000, msPhrase));
const codePhrase = "must be a whole number from 1 to 255";
const Code = v.pipe(v.number(codePhrase), v.integer(codePhrase), v.minValue(1, codePhrase), v.maxValue(255, codePhrase));
const RealTime = duration({ min: "1ms", max: "1d" });

/** By chance, or once every so often: at the first request after that time. */
const whenever = { rate: v.optional(Rate), every: v.optional(RealTime) };
const isEver = ({ rate, every }: { rate?: number | undefined; every?: number | undefined }): boolean => (rate ?? every) !== undefined;
const everPhrase = "needs rate or every: it would never happen";

const faultEntries = {
  /** The reply comes so much later, [least, most] ms. */
  late: v.strictObject({
    rate: Rate,
    ms: v.pipe(
      v.strictTuple([Ms, Ms]),
      v.check(([least, most]) => least <= most, "must not begin with the greater one. Write [least, most]."),
    ),
  }),
  /** The request never reaches the device. */
  drop: Rate,
  /** RTU: one byte of the reply is damaged. */
  crc: Rate,
  /** The first part of the reply, and nothing after it. */
  half: Rate,
  /** Random bytes before the reply, or, one time in four, instead of it. */
  noise: Rate,
  /** The request comes back first. */
  echo: Rate,
  /** Another unit's number stands in the reply. */
  wrong_unit: Rate,
  /** TCP: another transaction id. */
  wrong_transaction: Rate,
  /** TCP: the length field does not say how long the frame is. */
  lying_length: Rate,
  /** TCP: a protocol id other than 0. */
  wrong_protocol: Rate,
  /** An exception reply with this code instead of registers. */
  exception: v.strictObject({ rate: Rate, code: Code }),
  /** Exception 6: the device is busy. */
  busy: Rate,
  /** The byte count, or the number of registers, is not the one asked for. */
  wrong_count: Rate,
  /** From this request on, the values stay as they are for so long. */
  stuck: v.strictObject({ rate: Rate, for: RealTime }),
  /** TCP and RTU over TCP: the connection is dropped. */
  disconnect: v.pipe(
    v.strictObject(whenever),
    v.check((settings) => isEver(settings), everPhrase),
  ),
  /** A pty: it vanishes, and comes back under the same path after `for`. */
  unplug: v.pipe(
    v.strictObject({ ...whenever, for: RealTime }),
    v.check((settings) => isEver(settings), everPhrase),
  ),
} as const;

export const WireFaultSettings = v.strictObject(optionalEntries(faultEntries));
export type WireFaultSettings = v.InferOutput<typeof WireFaultSettings>;
export type WireFaultName = keyof typeof faultEntries;

export const wireFaultNames = Object.keys(faultEntries) as WireFaultName[];

/** How a device is reached: Modbus TCP, RTU over TCP, or RTU on a pty. */
export type Transport = "tcp" | "rtu_tcp" | "pty";

const only: Partial<Record<WireFaultName, readonly Transport[]>> = {
  crc: ["rtu_tcp", "pty"],
  wrong_transaction: ["tcp"],
  lying_length: ["tcp"],
  wrong_protocol: ["tcp"],
  disconnect: ["tcp", "rtu_tcp"],
  unplug: ["pty"],
};

/** As people say it. */
export const transportWords: Readonly<Record<Transport, string>> = { tcp: "Modbus TCP", rtu_tcp: "RTU over TCP", pty: "a pty" };

/** Faults among `settings` that cannot happen on this transport. */
export function misplacedFaults(settings: WireFaultSettings, transport: Transport): WireFaultName[] {
  return wireFaultNames.filter((name) => settings[name] !== undefined && only[name]?.includes(transport) === false);
}

type Optional<E> = { [K in keyof E]: E[K] extends v.GenericSchema ? v.OptionalSchema<E[K], undefined> : never };

function optionalEntries<E extends v.ObjectEntries>(entries: E): Optional<E> {
  return Object.fromEntries(Object.entries(entries).map(([name, schema]) => [name, v.optional(schema)])) as Optional<E>;
}
