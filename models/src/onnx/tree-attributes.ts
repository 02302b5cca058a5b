// The attributes of a TreeEnsembleRegressor (ai.onnx.ml version 3) from an ensemble in typed arrays. Node numbers begin at 0 in every tree.
import { create } from "@bufbuild/protobuf";
import type { TreeEnsemble } from "../prognosis/tree-ensemble.ts";
import { type AttributeProto, AttributeProtoSchema, AttributeProto_AttributeType as AttributeType } from "./onnx_pb.js";

export function treeAttributes({ base, roots, feature, threshold, left, right, value, cover }: TreeEnsemble): AttributeProto[] {
  const tree = new Int32Array(feature.length);
  for (const [t, root] of roots.entries()) tree.fill(t, root);
  const rootOf = (node: number): number => roots[tree[node] as number] as number;
  const nodes = [...feature.keys()];
  const isLeaf = (node: number): boolean => (feature[node] as number) < 0;
  const leaves = nodes.filter(isLeaf);
  const local = (node: number): number => node - rootOf(node);
  const child = (side: Int32Array) => (node: number) => (isLeaf(node) ? 0 : (side[node] as number) - rootOf(node));
  const treeOf = (node: number): number => tree[node] as number;
  return [
    integers("nodes_treeids", nodes.map(treeOf)),
    integers("nodes_nodeids", nodes.map(local)),
    integers(
      "nodes_featureids",
      nodes.map((node) => Math.max(0, feature[node] as number)),
    ),
    floats(
      "nodes_values",
      nodes.map((node) => threshold[node] as number),
    ),
    strings(
      "nodes_modes",
      nodes.map((node) => (isLeaf(node) ? "LEAF" : "BRANCH_LEQ")),
    ),
    integers("nodes_truenodeids", nodes.map(child(left))),
    integers("nodes_falsenodeids", nodes.map(child(right))),
    floats("nodes_hitrates", [...cover]),
    integers("target_treeids", leaves.map(treeOf)),
    integers("target_nodeids", leaves.map(local)),
    integers(
      "target_ids",
      leaves.map(() => 0),
    ),
    floats(
      "target_weights",
      leaves.map((node) => value[node] as number),
    ),
    floats("base_values", [base]),
    create(AttributeProtoSchema, { name: "n_targets", i: 1n, type: AttributeType.INT }),
  ];
}

const integers = (name: string, values: readonly number[]): AttributeProto =>
  create(AttributeProtoSchema, { name, ints: values.map(BigInt), type: AttributeType.INTS });

const floats = (name: string, values: readonly number[]): AttributeProto =>
  create(AttributeProtoSchema, { name, floats: [...values], type: AttributeType.FLOATS });

const strings = (name: string, values: readonly string[]): AttributeProto =>
  create(AttributeProtoSchema, { name, strings: values.map((value) => new TextEncoder().encode(value)), type: AttributeType.STRINGS });
