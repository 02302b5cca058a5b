// Many machines with detectors of their own, scored in one run: self-learned graphs differ in their weights and not in their shape.
// In: features of N rows, and which machine each is of. Out: what each machine's own graph would say, to float32.
import { featureKinds } from "@millwright/contract/model-manifest";
import { Tensor } from "onnxruntime-node";
import type { Weights } from "../detectors/weights.ts";
import { modelFault } from "./model-faults.ts";
import { figuresOf, openSession, type Scores } from "./session.ts";
import { writeStackedGraph } from "./write-graph.ts";

export type StackedScorer = {
  /**
   * @param batch rows × F features @param machine for each row an index into the machines it was opened with
   * @returns score[rows], contribution[rows × F] @throws Fault session_failed, also where one of the scores is no figure
   */
  score: (batch: Float32Array, machine: Int32Array) => Promise<Scores>;
  close: () => Promise<void>;
};

/** @param machines from `readWeights`; of as many points each @throws Fault model_shape, model_unreadable */
export async function openStackedScorer(machines: readonly Weights[]): Promise<StackedScorer> {
  const points = machines[0]?.mean.length ?? 0;
  if (points === 0 || machines.some(({ mean }) => mean.length !== points))
    throw modelFault("model_shape", "machines that are scored together must have as many points each");
  const [whole, hiding] = await Promise.all([false, true].map((mayHide) => openSession(writeStackedGraph(machines, { mayHide }))));
  if (whole === undefined || hiding === undefined) throw modelFault("session_failed", "the graph could not be opened");
  const width = featureKinds.length * points;
  return {
    async score(batch, machine) {
      const rows = machine.length;
      if (batch.length !== rows * width) throw modelFault("session_failed", `${batch.length} features for ${rows} rows of ${width}`);
      if (machine.some((index) => index < 0 || index >= machines.length)) throw modelFault("session_failed", "a row of an unknown machine");
      const session = hasHidden(batch, machine, machines) ? hiding : whole;
      const inputs = { features: new Tensor("float32", batch, [rows, width]), machine: new Tensor("int32", machine, [rows]) };
      return figuresOf(session, inputs, rows);
    },
    async close() {
      await Promise.all([whole.release(), hiding.release()]);
    },
  };
}

/** Whether a point that its machine's model uses is hidden in one of the rows. */
function hasHidden(batch: Float32Array, machine: Int32Array, machines: readonly Weights[]): boolean {
  const width = batch.length / machine.length;
  for (let row = 0; row < machine.length; row += 1) {
    const { monitored } = machines[machine[row] as number] as Weights;
    for (let p = 0; p < monitored.length; p += 1) if (monitored[p] === 1 && Number.isNaN(batch[row * width + p])) return true;
  }
  return false;
}
