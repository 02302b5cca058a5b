// What a prognosis bundle says about itself: manifest.json beside model.onnx, card.md and golden.csv. Kind "prognosis-trees": remaining life and
// probability of failure of machines measured once a cycle. Unknown keys are refused, as in model-manifest.ts.
import * as v from "valibot";
import { MeasuredFigures, SignalReference } from "./model-manifest.ts";
import { Count, Finite, MachineClass, Sha256 } from "./names.ts";

const Figures = v.array(Finite);
const Points = v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(64)));
const Cycles = v.pipe(Finite, v.gtValue(0));

export const PrognosisManifest = v.strictObject({
  schema: v.literal("millwright/model/v1"),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_.-]{0,127}$/, "must be small letters, digits, _, . or -")),
  version: Count,
  kind: v.literal("prognosis-trees"),
  created_at: v.pipe(v.string(), v.isoTimestamp()),
  machine_class: MachineClass,
  parent: v.nullable(Sha256),
  model_sha256: Sha256,
  golden_sha256: Sha256,
  feature_schema_sha256: Sha256,
  training_data_sha256: Sha256,
  seed: Count,
  rows: v.strictObject({ units: Count, learned: Count }),
  /**
   * All that features are computed from; hashed as canonical JSON. `live`: which points are used; `indices`: weights of the wear indices, of every point
   * in every condition, condition by condition, or of every point, the same in all conditions (in version 1 all of them).
   */
  features: v.strictObject({
    version: v.picklist([1, 2]),
    windows_cycles: v.array(Cycles),
    ewma_alpha: Finite,
    first_cycles: Count,
    /** Where a cycle is a stretch of running time instead of one job of the machine: how long (ms). Lives are then told as time. */
    cycle_ms: v.optional(Cycles),
    settings: Points,
    points: Points,
    kinds: Points,
    columns: Count,
    live: v.array(Count),
    indices: v.array(Figures),
    conditions: v.strictObject({
      scale: Figures,
      conditions: v.array(v.strictObject({ centre: Figures, mean: Figures, spread: Figures })),
    }),
  }),
  /** Output `p_fail[N,H]`: within so many cycles. */
  horizons_cycles: v.array(Cycles),
  /**
   * Output `rul[N,Q]`: in the order low, middle, high; low and high are conformalised: `margin_cycles` on either side, a mean
   * over the lives told where the graph has one for each. `cap`: longer lives are not told apart.
   */
  life: v.strictObject({ cap_cycles: Cycles, quantiles: Figures, margin_cycles: Finite, coverage: Finite }),
  /**
   * What is kept of the units' first cycles, to tell drift: later ones differ because they wear. For each condition of `features`, its live points in
   * their order; absent in bundles of earlier versions.
   */
  reference: v.optional(v.strictObject({ young_cycles: Count, conditions: v.array(v.array(SignalReference)) })),
  /** On units it did not learn from; absent where there were none with known ends. */
  measured: v.optional(MeasuredFigures),
});
export type PrognosisManifest = v.InferOutput<typeof PrognosisManifest>;

/** @returns the manifest, or the first thing wrong with it as `path: message` */
export function parsePrognosisManifest(input: unknown): { ok: true; manifest: PrognosisManifest } | { ok: false; issue: string } {
  const result = v.safeParse(PrognosisManifest, input);
  if (result.success) return { ok: true, manifest: result.output };
  const [issue] = result.issues;
  return { ok: false, issue: `${v.getDotPath(issue) ?? "manifest"}: ${issue.message}` };
}
