// One message from up/<lane>: bytes → envelope and records, each record judged on its own. Pure.
// What cannot be an envelope is refused as a whole; a bad record is refused alone, and its neighbours go on.

import { createHash } from "node:crypto";
import type { RejectCode } from "@millwright/contract/down-message";
import { Event } from "@millwright/contract/event";
import { Prediction } from "@millwright/contract/prediction";
import { Telemetry } from "@millwright/contract/telemetry";
import type { Address, Lane } from "@millwright/contract/topics";
import { type AnyRecord, UpEnvelope } from "@millwright/contract/up-message";
import * as v from "valibot";
import { excessOf, unsafeJson } from "./json-limits.ts";

export type Refused = {
  code: RejectCode;
  reason: string /** Known where the record said so. */;
  seq: number | null;
  excerpt: string /** SHA-256 of what was refused. */;
  digest: string;
};
export type Batch = Address & { lane: Lane; epoch: string; records: AnyRecord[]; refused: Refused[] };
export type Parsed = { ok: true; batch: Batch } | { ok: false; refused: Refused };

const schemaOf = { prediction: Prediction, event: Event, telemetry: Telemetry } as const;
const excerptLength = 1_000;

/** Judges one payload against the topic it came on. Never throws for what is in it. */
export function parseBatch(from: Address & { lane: Lane }, payload: Buffer): Parsed {
  const refuse = (code: RejectCode, reason: string): Parsed => ({
    ok: false,
    refused: { code, reason, seq: null, ...shown(payload) },
  });
  const excess = excessOf(payload);
  if (excess !== null) return refuse(excess.code, excess.reason);
  let json: unknown;
  try {
    json = JSON.parse(payload.toString("utf8"));
  } catch {
    return refuse("malformed", "is not JSON");
  }
  const envelope = v.safeParse(UpEnvelope, json);
  if (!envelope.success) return refuse("malformed", describe(envelope.issues));
  const { tenant, agent, lane, epoch, records } = envelope.output;
  if (tenant !== from.tenant || agent !== from.agent)
    return refuse("malformed", `came on the topic of ${from.tenant}/${from.agent}, but says ${tenant}/${agent}`);
  if (lane !== from.lane) return refuse("wrong_lane", `came on up/${from.lane}, but says ${lane}`);
  return { ok: true, batch: { ...from, epoch, ...judge(records, lane) } };
}

function judge(records: readonly unknown[], lane: Lane): { records: AnyRecord[]; refused: Refused[] } {
  const good = new Map<number, AnyRecord>();
  const refused: Refused[] = [];
  for (const record of records) {
    const result = judgeOne(record, lane);
    if ("code" in result) refused.push(result);
    else if (!good.has(result.seq)) good.set(result.seq, result);
  }
  return { records: [...good.values()], refused: refused.filter(({ seq }) => seq === null || !good.has(seq)) };
}

function judgeOne(record: unknown, lane: Lane): AnyRecord | Refused {
  const refuse = (code: RejectCode, reason: string): Refused => ({
    code,
    reason,
    seq: seqOf(record),
    ...shown(Buffer.from(safeText(record))),
  });
  const unsafe = unsafeJson(record);
  if (unsafe !== null) return refuse("malformed", unsafe);
  const kind = (record as { kind?: unknown } | null)?.kind;
  if (kind !== lane && typeof kind === "string" && Object.hasOwn(schemaOf, kind))
    return refuse("wrong_lane", `a ${kind} in the lane ${lane}`);
  const result = v.safeParse(schemaOf[lane], record);
  return result.success ? result.output : refuse("malformed", describe(result.issues));
}

function seqOf(record: unknown): number | null {
  if (typeof record !== "object" || record === null || !Object.hasOwn(record, "seq")) return null;
  const { seq } = record as { seq: unknown };
  return typeof seq === "number" && Number.isSafeInteger(seq) && seq >= 1 ? seq : null;
}

/** The first mistakes of a message, each with where it stands. */
export function describe(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues
    .slice(0, 3)
    .map((issue) => `${v.getDotPath(issue) ?? "the message"}: ${issue.message}`)
    .join("; ")
    .slice(0, 500);
}

/** What is kept of something refused: its beginning, and the digest of all of it. */
export function shown(bytes: Buffer): { excerpt: string; digest: string } {
  return {
    excerpt: bytes.subarray(0, excerptLength).toString("utf8").replaceAll("\u0000", "\uFFFD"),
    digest: createHash("sha256").update(bytes).digest("hex"),
  };
}

function safeText(record: unknown): string {
  try {
    return JSON.stringify(record) ?? "";
  } catch {
    return "(too deep to be shown)";
  }
}
