// Why a device gave no value, or not all: the fault's code, what exactly happened, and the next step of the fault table. Pure.
import type { QualityReason } from "@millwright/contract/telemetry";
import type { ResolvedBus } from "../../config/resolved-config.ts";
import { faultTable } from "../../faults.ts";
import type { Heard } from "../../open-bus.ts";
import type { BusFaultCode } from "../../registers/read-outcome.ts";
import type { DeviceReading } from "../../registers/reader.ts";

export type DeviceFailure = { readonly code: BusFaultCode; readonly detail: string; readonly next: string };

export type DeviceTrace = {
  readonly bus: ResolvedBus;
  readonly unit: number | string | null;
  readonly latest: DeviceReading | null;
  /** What the bus carried in this cycle, for all of its units. */
  readonly heard: readonly Heard[];
  /** What is wrong with the connection; null where nothing is. */
  readonly trouble: string | null;
};

export const portNext = "Run `millwright-agent doctor`: it looks at the port, who may open it and who has it open.";

/** Where the bus tells of no single request. */
const codeOf: Partial<Record<QualityReason, BusFaultCode>> = {
  timeout: "bus_timeout",
  connection: "bus_unreachable",
  exception: "bus_exception",
};

/** null where every point came, whatever its value is worth. */
export function failureOf(trace: DeviceTrace): DeviceFailure | null {
  const failed = failureIn(trace);
  return failed?.code === "bus_unreachable" && "line" in trace.bus ? { ...failed, next: portNext } : failed;
}

function failureIn({ unit, latest, heard, trouble }: DeviceTrace): DeviceFailure | null {
  if (latest === null) return failure("bus_unreachable", trouble ?? "it could not be opened");
  const reason = latest.reasons.find((reason) => reason !== null && codeOf[reason] !== undefined);
  if (reason === undefined || reason === null) return null;
  const told = heard.findLast((one) => one.failure !== null && one.unit === unit)?.failure ?? null;
  if (told !== null) return failure(told.code, told.detail, told.exception);
  const code = codeOf[reason] ?? "bus_unreachable";
  return failure(code, code === "bus_unreachable" && trouble !== null ? trouble : faultTable[code].line);
}

// A converter that says 10 or 11 speaks for a unit that is silent: what helps there is what helps after a time-out.
function failure(code: BusFaultCode, detail: string, exception?: number): DeviceFailure {
  const { next } = faultTable[exception === 10 || exception === 11 ? "bus_timeout" : code];
  return { code, detail: failureText(detail, exception), next };
}

/** A failed request in words, also those of its exception. */
export function failureText(detail: string, exception?: number): string {
  const words = exception === undefined ? undefined : exceptions[exception];
  return words === undefined ? troubleText(detail) : `${detail} (${words})`;
}

// errno(3), of those that a network or a port gives.
const systemErrors: Record<string, string> = {
  ECONNREFUSED: "the connection is refused; nothing listens there",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "no way to this host",
  ENETUNREACH: "no way to this network",
  ETIMEDOUT: "no connection in time",
  ENOTFOUND: "no such name is known",
  EAI_AGAIN: "the name server does not answer",
  ENOENT: "there is no such file",
  EACCES: "this user may not open it",
};

/** A fault's or the system's text without what stands beside it anyway: the bus's name and the code. */
export function troubleText(detail: string): string {
  const text = detail.replace(/^bus \S+: /, "").replace(/^bus_[a-z_]+: /, "");
  return text.replace(/(?:connect |getaddrinfo )?\b(E[A-Z_]{3,})\b.*$/, (all, code: string) =>
    systemErrors[code] === undefined ? all : `${systemErrors[code]} (${code})`,
  );
}

// MODBUS Application Protocol V1.1b3, section 7.
const exceptions: Record<number, string> = {
  1: "it does not know this function",
  2: "it has no such register",
  3: "not so many registers at once",
  4: "it has a failure",
  5: "acknowledged, but not ready",
  6: "it is busy",
  8: "its memory has a parity error",
  10: "the converter has no path to it",
  11: "it does not answer the converter",
};
