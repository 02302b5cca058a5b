// Puts an ONNX graph together node by node, through the generated protobuf code. IR version 8 and opset 17: old enough for every runtime in use.
import { create, toBinary } from "@bufbuild/protobuf";
import type { TreeEnsemble } from "../prognosis/tree-ensemble.ts";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./onnx_pb.js";
import { treeAttributes } from "./tree-attributes.ts";

export type Dimension = number | string;

export class GraphBuilder {
  readonly #nodes: NodeProto[] = [];
  readonly #constants: TensorProto[] = [];

  /** Adds a node with one output and returns that output's name. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Record<string, number | readonly number[]> = {},
    output = `${opType.toLowerCase()}_${this.#nodes.length}`,
  ): string {
    const attribute = Object.entries(attributes).map(
      ([name, value]): AttributeProto =>
        typeof value === "number"
          ? create(AttributeProtoSchema, { name, i: BigInt(value), type: AttributeType.INT })
          : create(AttributeProtoSchema, { name, ints: value.map(BigInt), type: AttributeType.INTS }),
    );
    this.#nodes.push(create(NodeProtoSchema, { opType, name: output, input: [...inputs], output: [output], attribute }));
    return output;
  }

  /** A TreeEnsembleRegressor of ai.onnx.ml with one target: [N,F] → [N,1]. @returns the output's name */
  trees(input: string, ensemble: TreeEnsemble): string {
    const output = `trees_${this.#nodes.length}`;
    const attribute = treeAttributes(ensemble);
    this.#nodes.push(
      create(NodeProtoSchema, {
        opType: "TreeEnsembleRegressor",
        domain: "ai.onnx.ml",
        name: output,
        input: [input],
        output: [output],
        attribute,
      }),
    );
    return output;
  }

  /** A float32 constant, little-endian. */
  floats(name: string, values: ArrayLike<number>, dims: readonly number[]): string {
    const bytes = new DataView(new ArrayBuffer(4 * values.length));
    for (let i = 0; i < values.length; i += 1) bytes.setFloat32(4 * i, values[i] as number, true);
    return this.#constant(name, DataType.FLOAT, dims, bytes);
  }

  /** @param dims [] for a scalar */
  integers(name: string, values: readonly number[], dims: readonly number[] = [values.length]): string {
    const bytes = new DataView(new ArrayBuffer(8 * values.length));
    for (const [i, value] of values.entries()) bytes.setBigInt64(8 * i, BigInt(value), true);
    return this.#constant(name, DataType.INT64, dims, bytes);
  }

  /** @returns the bytes of the model; the same graph gives the same bytes */
  build({
    name,
    inputs,
    outputs,
  }: {
    name: string;
    inputs: Record<string, readonly Dimension[]>;
    outputs: Record<string, readonly Dimension[]>;
  }): Uint8Array {
    const model = create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: "millwright",
      opsetImport: [{ domain: "", version: 17n }, ...(this.#usesTrees() ? [{ domain: "ai.onnx.ml", version: 3n }] : [])],
      graph: {
        name,
        node: this.#nodes,
        initializer: this.#constants,
        input: valueInfos(inputs),
        output: valueInfos(outputs),
      },
    });
    return toBinary(ModelProtoSchema, model);
  }

  #usesTrees(): boolean {
    return this.#nodes.some(({ domain }) => domain === "ai.onnx.ml");
  }

  #constant(name: string, dataType: DataType, dims: readonly number[], { buffer }: DataView<ArrayBuffer>): string {
    this.#constants.push(create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData: new Uint8Array(buffer) }));
    return name;
  }
}

function valueInfos(shapes: Record<string, readonly Dimension[]>): ValueInfoProto[] {
  return Object.entries(shapes).map(([name, dims]) =>
    create(ValueInfoProtoSchema, {
      name,
      type: {
        value: {
          case: "tensorType",
          value: { elemType: DataType.FLOAT, shape: { dim: dims.map((dim) => ({ value: dimensionOf(dim) })) } },
        },
      },
    }),
  );
}

function dimensionOf(dim: Dimension): { case: "dimValue"; value: bigint } | { case: "dimParam"; value: string } {
  return typeof dim === "number" ? { case: "dimValue", value: BigInt(dim) } : { case: "dimParam", value: dim };
}
