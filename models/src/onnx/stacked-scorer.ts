// Many machines with detectors of their own, scored in one run: self-learned graphs differ in their weights and not in their shape.
// In: features of N rows, and which machine each is of. Out: what each machine's own graph would say, to float32; for a machine alone, to the bit.
import { featureKinds } from "@millwright/contract/model-manifest";
import { Tensor } from "onnxruntime-node";
import type { GraphConstants } from "./graph-constants.ts";
import { modelFault } from "./model-faults.ts";
import { openSession, type Scores, type Session, scoresOf } from "./session.ts";
import { writeGraphOf, writeStackedGraph } from "./write-graph.ts";

export type StackedScorer = {
  /**
   * @param batch rows × F features @param machine for each row an index into the machines it was opened with
   * @returns score[rows], contribution[rows × F] @throws Fault session_failed, also where one of the scores is no figure
   */
  score: (batch: Float32Array, machine: Int32Array) => Promise<Scores>;
  close: () => Promise<void>;
};

/** @param machines from `readWeights`; of as many points each @throws Fault model_shape, model_unreadable */
export async function openStackedScorer(machines: readonly GraphConstants[]): Promise<StackedScorer> {
  const points = machines[0]?.mean.length ?? 0;
  if (points === 0 || machines.some(({ mean }) => mean.length !== points))
    throw modelFault("model_shape", "machines that are scored together must have as many points each");
  const [whole, hiding] = [openGraph(machines, { mayHide: false }), openGraph(machines, { mayHide: true })];
  const width = featureKinds.length * points;
  const run = (session: Session, batch: Float32Array, machine: Int32Array): Scores => {
    const rows = machine.length;
    const features = new Tensor("float32", batch, [rows, width]);
    return scoresOf(session, machines.length === 1 ? { features } : { features, machine: new Tensor("int32", machine, [rows]) }, rows);
  };
  return {
    async score(batch, machine) {
      const rows = machine.length;
      if (batch.length !== rows * width) throw modelFault("session_failed", `${batch.length} features for ${rows} rows of ${width}`);
      if (machine.some((index) => index < 0 || index >= machines.length)) throw modelFault("session_failed", "a row of an unknown machine");
      const hidden = hiddenRows(batch, machine, machines);
      // The steps towards hidden points cost more than all the rest: where few rows need them, only these are run again with them.
      if (2 * hidden.length > rows) return run(hiding, batch, machine);
      const all = run(whole, batch, machine);
      if (hidden.length > 0)
        putRows(
          all,
          hidden,
          run(
            hiding,
            takeRows(batch, hidden, width),
            Int32Array.from(hidden, (row) => machine[row] as number),
          ),
        );
      return all;
    },
    async close() {
      whole.close();
      hiding.close();
    },
  };
}

/** One machine needs no tables, and no input that says which it is. */
function openGraph(machines: readonly GraphConstants[], options: { mayHide: boolean }): Session {
  const [only, ...others] = machines;
  return openSession(only !== undefined && others.length === 0 ? writeGraphOf(only, options) : writeStackedGraph(machines, options));
}

/** The rows in which a point is hidden that their machine's model uses, ascending. */
function hiddenRows(batch: Float32Array, machine: Int32Array, machines: readonly GraphConstants[]): number[] {
  const width = batch.length / machine.length;
  const hidden: number[] = [];
  for (let row = 0; row < machine.length; row += 1) {
    const { monitored } = machines[machine[row] as number] as GraphConstants;
    let isHidden = false;
    for (let p = 0; p < monitored.length; p += 1) isHidden ||= monitored[p] === 1 && Number.isNaN(batch[row * width + p]);
    if (isHidden) hidden.push(row);
  }
  return hidden;
}

function takeRows(batch: Float32Array, rows: readonly number[], width: number): Float32Array {
  const some = new Float32Array(rows.length * width);
  for (const [n, row] of rows.entries()) some.set(batch.subarray(row * width, (row + 1) * width), n * width);
  return some;
}

function putRows(all: Scores, rows: readonly number[], { score, contribution }: Scores): void {
  const width = contribution.length / rows.length;
  for (const [n, row] of rows.entries()) {
    all.score[row] = score[n] as number;
    all.contribution.set(contribution.subarray(n * width, (n + 1) * width), row * width);
  }
}
