// The constants of a detector, out of the bytes of its bundle's model.onnx. For scoring without a runtime (detectors/detector-scorer.ts);
// a graph that was not written by us, or not by this version, has none, and is run as it is.
import { fromBinary } from "@bufbuild/protobuf";
import { type DetectorTables, detectorTableNames } from "../detectors/detector-tables.ts";
import { ModelProtoSchema } from "./onnx_pb.js";
import { writeGraphOf } from "./write-graph.ts";

/** @param model vetted before @returns null where the graph is not to the last byte the one these constants make */
export function readTables(model: Uint8Array): DetectorTables | null {
  const stored = new Map(fromBinary(ModelProtoSchema, model).graph?.initializer.map(({ name, rawData }) => [name, rawData]));
  const floats = (name: string): Float32Array => {
    const bytes = stored.get(name) ?? new Uint8Array();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float32Array.from({ length: Math.floor(bytes.byteLength / 4) }, (_, i) => view.getFloat32(4 * i, true));
  };
  const constants = Object.fromEntries(detectorTableNames.map((name) => [name, floats(name)])) as DetectorTables;
  return Buffer.compare(writeGraphOf(constants), model) === 0 ? constants : null;
}
