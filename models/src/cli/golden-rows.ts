// A CSV file of feature rows for `import`: a header with the graph's columns (`flow:value,flow:ewma,…`), perhaps `score` first: what its maker got.

import type { FeatureSchema } from "@millwright/contract/model-manifest";
import { malformed } from "../evaluation/data-file.ts";
import { columnName } from "../features/feature-columns.ts";
import type { GoldenVector } from "../onnx/golden-vectors.ts";

/** @throws Fault recording_malformed as file:line:column */
export function parseGoldenRows(text: string, file: string, { columns }: FeatureSchema): GoldenVector[] {
  const [header = "", ...lines] = text.trimEnd().split(/\r?\n/);
  const hasScore = header.startsWith("score,");
  const wanted = [...(hasScore ? ["score"] : []), ...columns.map(columnName)];
  const names = header.split(",");
  const wrong = wanted.findIndex((name, i) => names[i] !== name);
  if (wrong >= 0 || names.length !== wanted.length)
    throw malformed(
      file,
      1,
      1 + Math.max(0, wrong),
      `column ${1 + Math.max(0, wrong)} must be ${wanted[wrong] ?? "the last"}; write the graph's columns in their order: ${wanted.join(",")}`,
    );
  if (lines.length === 0) throw malformed(file, 2, 1, "there are no rows; give at least one");
  return lines.map((line, index) => {
    const figures = line.split(",").map((cell, column) => {
      const figure = /^nan$/i.test(cell.trim()) ? Number.NaN : cell.trim() === "" ? undefined : Number(cell);
      if (figure === undefined || (Number.isNaN(figure) && !/^nan$/i.test(cell.trim())))
        throw malformed(
          file,
          index + 2,
          1 + line.split(",").slice(0, column).join(",").length + Number(column > 0),
          `"${cell}" is not a number; write one, or NaN where the point is missing`,
        );
      return figure;
    });
    if (figures.length !== wanted.length)
      throw malformed(file, index + 2, 1, `there are ${figures.length} figures instead of ${wanted.length}`);
    const [score, features] = hasScore ? [figures[0] as number, figures.slice(1)] : [Number.NaN, figures];
    return { score, features: Float32Array.from(features) };
  });
}
