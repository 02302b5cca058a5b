// Many machines with detectors of their own, scored in one run: self-learned graphs differ in their weights and not in their shape.
// In: features of N rows, and which machine each is of. Out: what each machine's own graph would say, to float32.
import { featureKinds } from "@millwright/contract/model-manifest";
import { Tensor } from "onnxruntime-node";
import type { GraphConstants } from "./graph-constants.ts";
import { modelFault } from "./model-faults.ts";
import { areFinite, openSession, type Scores, type Session } from "./session.ts";
import { type StackRows, stackRows, takeRows } from "./stack-rows.ts";
import { stackTables } from "./stack-tables.ts";
import { writeStackGraph } from "./write-stack-graph.ts";

export type StackedScorer = {
  /**
   * @param batch rows × F features; a hidden point is NaN in all its columns @param machine for each row an index into the machines it was opened with
   * @returns score[rows], contribution[rows × F] @throws Fault session_failed, also where one of the scores is no figure
   */
  score: (batch: Float32Array, machine: Int32Array) => Promise<Scores>;
  close: () => Promise<void>;
};

const [valueKind, ewmaKind] = [featureKinds.indexOf("value"), featureKinds.indexOf("ewma")];

/** @param machines from `readWeights`; of as many points each @throws Fault model_shape, model_unreadable */
export async function openStackedScorer(machines: readonly GraphConstants[]): Promise<StackedScorer> {
  const points = machines[0]?.mean.length ?? 0;
  if (points === 0 || machines.some(({ mean }) => mean.length !== points))
    throw modelFault("model_shape", "machines that are scored together must have as many points each");
  const tables = machines.map(stackTables);
  const whole = openSession(writeStackGraph(tables, { mayHide: false }));
  const hiding = openSession(writeStackGraph(tables, { mayHide: true }));
  const width = featureKinds.length * points;
  return {
    async score(batch, machine) {
      const count = machine.length;
      if (batch.length !== count * width) throw modelFault("session_failed", `${batch.length} features for ${count} rows of ${width}`);
      if (machine.some((index) => index < 0 || index >= machines.length)) throw modelFault("session_failed", "a row of an unknown machine");
      const { rows, hiding: hidingRows } = stackRows(batch, machine, machines);
      // The steps towards hidden points cost more than all the rest: where few rows need them, only these are run again with them.
      if (2 * hidingRows.length > count) return inColumns(runStack(hiding, rows), points);
      const scores = runStack(whole, rows);
      if (hidingRows.length > 0) {
        const again = runStack(hiding, takeRows(rows, hidingRows));
        const each = 1 + 2 * points;
        for (const [n, row] of hidingRows.entries()) scores.set(again.subarray(n * each, (n + 1) * each), row * each);
      }
      return inColumns(scores, points);
    },
    async close() {
      whole.close();
      hiding.close();
    },
  };
}

/** @returns N × (1 + 2P), as the graph gives them. Inputs that a graph does not have are not looked at. */
function runStack(session: Session, { features, machine, hidden }: StackRows): Float32Array {
  const rows = machine.length;
  const points = features.length / rows / featureKinds.length;
  const { scores } = session.run(
    {
      features: new Tensor("float32", features, [rows, features.length / rows]),
      machine: new Tensor("int32", machine, [rows]),
      ...(hidden.length > 0 ? { hidden: new Tensor("float32", hidden, [rows, points]) } : {}),
    },
    { scores: null },
  );
  return scores?.data as Float32Array;
}

/** Contributions at the columns they are of. @throws Fault session_failed */
function inColumns(scores: Float32Array, points: number): Scores {
  if (!areFinite(scores)) throw modelFault("session_failed", "the model gave a score that is no figure");
  const [each, width] = [1 + 2 * points, featureKinds.length * points];
  const rows = scores.length / each;
  const score = new Float32Array(rows);
  const contribution = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    score[row] = scores[row * each] as number;
    for (let p = 0; p < points; p += 1) {
      contribution[row * width + valueKind * points + p] = scores[row * each + 1 + p] as number;
      contribution[row * width + ewmaKind * points + p] = scores[row * each + 1 + points + p] as number;
    }
  }
  return { score, contribution };
}
