// The weights of a detector, out of the bytes of its bundle's model.onnx: what write-graph.ts put in comes out again, in float32.
// For graphs of many machines at once (stacked-scorer.ts); a graph that was not written by us has no such weights, and is scored alone.
import { fromBinary } from "@bufbuild/protobuf";
import { type Channel, type ChannelName, channelNames, type Weights } from "../detectors/weights.ts";
import { ModelProtoSchema } from "./onnx_pb.js";
import { writeGraph } from "./write-graph.ts";

/** @param model vetted before @returns null where the graph is not to the last byte the one these weights make */
export function readWeights(model: Uint8Array): Weights | null {
  const constants = new Map(fromBinary(ModelProtoSchema, model).graph?.initializer.map(({ name, rawData }) => [name, rawData]));
  const floats = (name: string): number[] => {
    const bytes = constants.get(name) ?? new Uint8Array();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, i) => view.getFloat32(4 * i, true));
  };
  const ar = floats("ar");
  const points = ar.length / 3;
  const coefficients = (lag: number): number[] => ar.slice(lag * points, (lag + 1) * points).map((value) => -value);
  const [precision, limits] = [floats("precision"), floats("limit")];
  const channel = (name: ChannelName): Channel => {
    const n = channelNames.indexOf(name);
    return { precision: precision.slice(n * points ** 2, (n + 1) * points ** 2), limit: limits[n] ?? 0 };
  };
  const weights: Weights = {
    mean: floats("mean"),
    scale: floats("scale"),
    a1: coefficients(1),
    a2: coefficients(2),
    monitored: floats("monitored"),
    fastScale: floats("fast_scale"),
    slowScale: floats("slow_scale"),
    driftBound: floats("drift_high"),
    fast: channel("fast"),
    slow: channel("slow"),
    level: channel("level"),
    chart: floats("chart"),
  };
  return Buffer.compare(writeGraph(weights), model) === 0 ? weights : null;
}
