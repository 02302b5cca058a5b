// The trees of a prognosis, out of the bytes of its bundle's model.onnx: what write-prognosis-graph.ts put in comes out again. For contributions,
// which the graph itself cannot give.
import { fromBinary } from "@bufbuild/protobuf";
import type { Prognosis } from "../prognosis/learn-prognosis.ts";
import type { TreeEnsemble } from "../prognosis/tree-ensemble.ts";
import { ModelProtoSchema, type NodeProto } from "./onnx_pb.js";
import { writePrognosisGraph } from "./write-prognosis-graph.ts";

export type PrognosisTrees = Omit<Prognosis, "features">;

/**
 * @param model vetted before @param columns, horizons of the manifest (`features.columns`, `horizons_cycles`)
 * @returns null where the graph is not to the last byte the one these trees make: another program wrote it, or an older version of this one
 */
export function readPrognosisTrees(
  model: Uint8Array,
  { columns, horizons }: { columns: number; horizons: readonly number[] },
): PrognosisTrees | null {
  const graph = fromBinary(ModelProtoSchema, model).graph;
  const [life, low, high, ...fails] = (graph?.node ?? [])
    .filter(({ opType }) => opType === "TreeEnsembleRegressor")
    .map((node) => ensembleOf(node, columns));
  const margins = graph?.initializer.find(({ name }) => name === "margins")?.rawData;
  if (life === undefined || low === undefined || high === undefined || fails.length !== horizons.length || margins === undefined)
    return null;
  const trees: PrognosisTrees = {
    life,
    low,
    high,
    margins: floatsOf(margins),
    fails: fails.map((ensemble, i) => ({ withinCycles: horizons[i] as number, ensemble })),
  };
  return Buffer.compare(writePrognosisGraph(trees), model) === 0 ? trees : null;
}

function floatsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, i) => view.getFloat32(4 * i, true));
}

function ensembleOf({ attribute }: NodeProto, features: number): TreeEnsemble {
  const of = (name: string) => attribute.find((one) => one.name === name);
  const ints = (name: string): number[] => (of(name)?.ints ?? []).map(Number);
  const floats = (name: string): number[] => of(name)?.floats ?? [];
  const tree = ints("nodes_treeids");
  const roots = tree.flatMap((id, node) => (node === 0 || tree[node - 1] !== id ? [node] : []));
  const rootOf = (node: number): number => roots[tree[node] as number] ?? 0;
  const isLeaf = (of("nodes_modes")?.strings ?? []).map((mode) => new TextDecoder().decode(mode) === "LEAF");
  const children = (name: string): number[] => ints(name).map((child, node) => child + rootOf(node));
  const value = new Float32Array(tree.length);
  const [targetTrees, targetNodes, weights] = [ints("target_treeids"), ints("target_nodeids"), floats("target_weights")];
  for (const [i, weight] of weights.entries()) value[(roots[targetTrees[i] as number] ?? 0) + (targetNodes[i] as number)] = weight;
  return {
    features,
    base: floats("base_values")[0] ?? 0,
    roots: Int32Array.from(roots),
    feature: Int32Array.from(ints("nodes_featureids"), (column, node) => (isLeaf[node] ? -1 : column)),
    threshold: Float32Array.from(floats("nodes_values")),
    left: Int32Array.from(children("nodes_truenodeids")),
    right: Int32Array.from(children("nodes_falsenodeids")),
    value,
    cover: Float32Array.from(floats("nodes_hitrates")),
  };
}
