// A configuration ready to run: every name resolved, every default filled in, every duration in ms of machine time. Plain data.
import type { BusFigure } from "@millwright/contract/bus-health-template";
import type { JsonTemplate } from "@millwright/contract/json-template";
import type { MachineClass } from "@millwright/contract/names";
import type { RegisterPoint } from "@millwright/contract/register-template";
import type { PointLimits } from "@millwright/contract/template-point";
import type { TextTemplate } from "@millwright/contract/text-template";
import type { ZoneRule } from "@millwright/models/decisions/vibration-zone";
import type { WearRule } from "@millwright/models/decisions/wear-layer";
import type { ReadPoint } from "../registers/device-reader.ts";
import type { IllegalRange } from "../registers/illegal-ranges.ts";
import type { SerialLine } from "../registers/serial-line.ts";
import type { WaveformRule } from "../samples/waveform-points.ts";

/** What a row knows of a point, wherever its value comes from. */
export type ResolvedPoint = {
  readonly name: string;
  /** UCUM-like unit, `1` where there is none. */
  readonly unit: string;
  readonly role: RegisterPoint["role"];
  readonly range?: readonly [number, number];
  /** Unit per second of machine time. */
  readonly maxRate?: number;
  /** Machine ms. */
  readonly flatAfterMs?: number;
  /** code → word. */
  readonly enum?: Readonly<Record<string, string>>;
};

/** How the points of a read are asked for; their order is that of `pointIndexes`. */
export type ReadSource =
  | {
      readonly protocol: "modbus";
      readonly unit: number;
      /** Behind those of `pointIndexes` stand scale factors that are only read along. */
      readonly points: readonly ReadPoint[];
      readonly maxBlock: number;
      readonly maxGap: number;
      readonly forbidden: readonly IllegalRange[];
      /** Groups of places in `points`: each group is read in one request. */
      readonly atomic: readonly (readonly number[])[];
      /** Real ms between two requests to this unit. */
      readonly pauseMs: number;
      /** Requests in flight on Modbus TCP. */
      readonly pipeline: number;
    }
  | {
      readonly protocol: "http-json";
      readonly unit: number | null;
      readonly template: JsonTemplate;
      readonly names: readonly string[];
      readonly waveforms?: readonly string[];
    }
  | { readonly protocol: "serial-text"; readonly template: TextTemplate; readonly names: readonly string[] }
  | { readonly protocol: "bus-health"; readonly figures: readonly BusFigure[] };

export type ResolvedRead = {
  /** Name of a bus. */
  readonly bus: string;
  readonly template: string;
  readonly everyMs: number;
  /** Which of the machine's points it brings. */
  readonly pointIndexes: readonly number[];
  readonly source: ReadSource;
  /** In the order of the source's waveforms; absent where it has none. */
  readonly waveforms?: readonly WaveformRule[];
};

/** A point made of others; it stands behind them in the machine's points. */
export type ResolvedDerived = { readonly pointIndex: number; readonly expression: string };

/** When a machine counts as running: a condition over its points, and how long after a start it is not judged yet (machine ms). */
export type ResolvedRunning = { readonly expression: string; readonly settleMs: number };

/** The states it may be in, in order of preference, and how long after a change it is not judged yet (machine ms). */
export type ResolvedStates = {
  readonly named: readonly { readonly name: string; readonly expression: string }[];
  readonly settleMs: number;
};

export type ResolvedPrognosis = ResolvedBundlePrognosis | ResolvedWear;

/** The machine's own wear, extrapolated. */
export type ResolvedWear = {
  readonly kind: "wear";
  /** A point of the machine, or its score. */
  readonly of: string;
  /** In the unit of the point; null for the score, whose limit the model says. */
  readonly limit: number | null;
  readonly horizonsMs: readonly number[];
  /** Absent: the load is not looked at. */
  readonly load?: { readonly point: string; readonly exponent: number };
};

export type ResolvedBundlePrognosis = {
  readonly kind: "bundle";
  /** Absolute path. */
  readonly dir: string;
  /** What to do where it is older than one of the same id the machine had already. */
  readonly older: "refuse" | "accept";
  /** Name in the bundle → point of the machine, where they differ. */
  readonly points: Readonly<Record<string, string>>;
  /** Ms of running time; null: not said. */
  readonly horizonsMs: readonly number[] | null;
  readonly horizonsCycles: readonly number[] | null;
};

export type ResolvedMachine = {
  readonly site: string;
  readonly name: string;
  readonly class: MachineClass;
  /** Learn on the box, or a bundle's folder (absolute path). */
  readonly model: { readonly kind: "auto" } | { readonly kind: "bundle"; readonly dir: string; readonly older: "refuse" | "accept" };
  /** Absent: nothing is forecast. */
  readonly prognosis?: ResolvedPrognosis;
  readonly everyMs: number;
  readonly learnRows: number;
  /** Absent: no model is too old. */
  readonly modelOldAfterMs?: number;
  /** In the order of the reads, and of the template within a read; derived ones at the end. Rows have their values in this order. */
  readonly points: readonly ResolvedPoint[];
  readonly reads: readonly ResolvedRead[];
  readonly derived: readonly ResolvedDerived[];
  /** Absent: it always runs. */
  readonly running?: ResolvedRunning;
  /** Absent: it has one normal, whatever it does. */
  readonly states?: ResolvedStates;
  /** Absent: no point is judged by a vibration standard. */
  readonly zones?: readonly ZoneRule[];
  /** Absent: no bearing is watched for wear. */
  readonly wear?: readonly WearRule[];
  /** Points that are watched each by itself; absent: none. */
  readonly novelty?: readonly string[];
  /** Index of the update counter among the points, null where there is none. */
  readonly counterIndex: number | null;
  /** point → limits: the configuration's, else the template's. */
  readonly limits: Readonly<Record<string, PointLimits>>;
};

export type ResolvedBus = {
  readonly name: string;
  /** Real ms. */
  readonly timeoutMs: number;
  readonly retries: number;
} & (
  | { readonly kind: "modbus-tcp" | "rtu-over-tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "modbus-rtu" | "serial-text"; readonly line: SerialLine }
  | { readonly kind: "http-json"; readonly url: string /** Absolute path. */; readonly headersFile: string | null }
);

export type ResolvedConfig = {
  readonly tenant: string;
  readonly agent: string;
  readonly site: string;
  readonly gateway: { readonly url: string; readonly username: string | null /** Absolute path. */; readonly passwordFile: string | null };
  /** Absolute path. */
  readonly dataDir: string;
  readonly buffer: { readonly maxBytes: number; readonly keepMs: number };
  /** Name → public key: whose bundles are taken, beside the box's own. */
  readonly trustedKeys: Readonly<Record<string, string>>;
  readonly buses: readonly ResolvedBus[];
  readonly machines: readonly ResolvedMachine[];
  /** 16 hexadecimal digits of the SHA-256 over all of the above except paths: equal where the agent behaves equally. */
  readonly revision: string;
};

/** Whom a read asks, as the bus names it in its events: a unit, else the template; null where it asks nobody. */
export function unitOf({ source, template }: ResolvedRead): number | string | null {
  if (source.protocol === "bus-health") return null;
  return "unit" in source && source.unit !== null ? source.unit : template;
}

/** A device as what was learned of it is filed: `<bus>/<unit>/<template>`; a bus's name has no slash. */
export const deviceOf = (read: ResolvedRead): string => `${read.bus}/${unitOf(read) ?? 0}/${read.template}`;
