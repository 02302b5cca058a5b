// Whether a constant of a graph holds what it says: a few bytes that claim to be gigabytes are refused before anything makes room for them.
import type { TensorProto } from "./onnx_pb.js";

/** Bytes an element takes in `raw_data`, by TensorProto.DataType; texts and complex numbers have no place in a model here. */
const elementBytes: Readonly<Record<number, number>> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
  16: 2,
};

/** @returns what is wrong with it, in words to follow its name; null where nothing is */
export function wrongTensor({ dims, dataType, rawData, dataLocation, externalData, ...typed }: TensorProto): string | null {
  if (externalData.length > 0 || dataLocation === 1) return "lies outside the file";
  const bytes = elementBytes[dataType];
  if (bytes === undefined) return `is of the type ${dataType}, which is not allowed`;
  if (dims.some((dim) => dim < 0n)) return "has a negative dimension";
  const elements = dims.reduce((product, dim) => product * dim, 1n);
  const given = [typed.floatData, typed.int32Data, typed.int64Data, typed.doubleData, typed.uint64Data].reduce(
    (sum, list) => sum + list.length,
    0,
  );
  if (BigInt(rawData.length) === elements * BigInt(bytes) && given === 0) return null;
  if (rawData.length === 0 && BigInt(given) === elements) return null;
  return `claims ${elements} elements and does not hold them`;
}
