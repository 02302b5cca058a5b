// A configuration ready to run: every name resolved, every default filled in, every duration in ms of machine time. Plain data.
import type { PointLimits, TemplatePoint } from "@millwright/contract/device-template";
import type { MachineClass } from "@millwright/contract/names";
import type { ReadPoint } from "../registers/device-reader.ts";

export type ResolvedPoint = ReadPoint & {
  /** UCUM-like unit, `1` where there is none. */
  readonly unit: string;
  readonly role: TemplatePoint["role"];
};

export type ResolvedRead = {
  /** Name of a bus. */
  readonly bus: string;
  readonly unit: number;
  readonly template: string;
  readonly everyMs: number;
  readonly maxBlock: number;
  readonly maxGap: number;
  /** Which of the machine's points it brings. */
  readonly pointIndexes: readonly number[];
};

export type ResolvedMachine = {
  readonly site: string;
  readonly name: string;
  readonly class: MachineClass;
  /** Learn on the box, or a bundle's folder (absolute path). */
  readonly model: { readonly kind: "auto" } | { readonly kind: "bundle"; readonly dir: string };
  readonly everyMs: number;
  readonly learnRows: number;
  /** In the order of the reads, and of the template within a read. Rows have their values in this order. */
  readonly points: readonly ResolvedPoint[];
  readonly reads: readonly ResolvedRead[];
  /** Index of the update counter among the points, null where there is none. */
  readonly counterIndex: number | null;
  /** point → limits: the configuration's, else the template's. */
  readonly limits: Readonly<Record<string, PointLimits>>;
};

export type ResolvedBus = {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Real ms. */
  readonly timeoutMs: number;
  readonly retries: number;
};

export type ResolvedConfig = {
  readonly tenant: string;
  readonly agent: string;
  readonly site: string;
  readonly gateway: { readonly url: string; readonly username: string | null /** Absolute path. */; readonly passwordFile: string | null };
  /** Absolute path. */
  readonly dataDir: string;
  readonly buffer: { readonly maxBytes: number; readonly keepMs: number };
  readonly buses: readonly ResolvedBus[];
  readonly machines: readonly ResolvedMachine[];
  /** 16 hexadecimal digits of the SHA-256 over all of the above except paths: equal where the agent behaves equally. */
  readonly revision: string;
};
