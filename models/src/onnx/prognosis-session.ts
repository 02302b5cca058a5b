// One ONNX session of a prognosis: the score as of any model, and what it forecasts. As session.ts, it blocks the thread it is called on.
import { Tensor } from "onnxruntime-node";
import { modelFault } from "./model-faults.ts";
import { openSession, type Scorer, type Session, scoresOf } from "./session.ts";
import { vetGraph } from "./vet-graph.ts";

export type PrognosisScorer = Scorer & {
  /** @param batch rows × F @returns for each row low, life, high, then one probability a horizon @throws Fault session_failed */
  readonly forecast: (batch: Float32Array, rows: number) => Promise<number[][]>;
};

/** @throws Fault model_unreadable, model_not_allowed, model_shape */
export async function openPrognosis(
  model: Uint8Array,
  { features, horizons }: { features: number; horizons: number },
): Promise<PrognosisScorer> {
  vetGraph(model, { features });
  const session = openSession(model);
  const tensor = (batch: Float32Array, rows: number): Tensor => new Tensor("float32", batch, [rows, features]);
  return {
    score: async (batch, rows) => scoresOf(session, { features: tensor(batch, rows) }, rows),
    forecast: async (batch, rows) => forecastsOf(session, tensor(batch, rows), rows, horizons),
    close: async () => session.close(),
  };
}

function forecastsOf(session: Session, features: Tensor, rows: number, horizons: number): number[][] {
  const output = session.run({ features }, { rul: null, p_fail: null });
  const rul = output["rul"]?.data;
  const pFail = output["p_fail"]?.data;
  if (!(rul instanceof Float32Array && pFail instanceof Float32Array) || rul.length !== 3 * rows || pFail.length !== horizons * rows)
    throw modelFault("session_failed", `the model gave no rul[N,3] and p_fail[N,${horizons}]`);
  return Array.from({ length: rows }, (_, row) => [
    ...rul.subarray(3 * row, 3 * row + 3),
    ...pFail.subarray(horizons * row, horizons * (row + 1)),
  ]);
}
