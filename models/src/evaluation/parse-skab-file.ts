// One recording in SKAB's layout: semicolon-separated, a `datetime` column, the points, and the labels `anomaly` and `changepoint`.

import type { ModelPoint } from "@millwright/contract/model-manifest";
import { counted } from "@millwright/kit/counted";
import type { Row } from "../features/row.ts";
import { malformed } from "./data-file.ts";
import { parseTimeMs, timeExample } from "./parse-time.ts";

export type Recording = {
  readonly points: readonly ModelPoint[];
  readonly rows: readonly Row[];
  /** One entry a row; null when the file has no labels. */
  readonly labels: readonly { readonly anomaly: boolean; readonly changepoint: boolean }[] | null;
};

/** @param name the file, for messages @throws Fault recording_malformed, as file:line:column */
export function parseSkabFile(text: string, name: string): Recording {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  const header = (lines[0] ?? "").split(";");
  const labelColumns = { anomaly: header.indexOf("anomaly"), changepoint: header.indexOf("changepoint") };
  if (header[0] !== "datetime" || header.length < 2)
    throw malformed(name, 1, 1, `the first line must name the columns, beginning with datetime and separated by semicolons`);
  const columns = header.map((_, i) => i).filter((i) => i > 0 && i !== labelColumns.anomaly && i !== labelColumns.changepoint);
  const rows: Row[] = [];
  const labels: { anomaly: boolean; changepoint: boolean }[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const cells = line.split(";");
    if (cells.length !== header.length)
      throw malformed(
        name,
        index + 1,
        line.length + 1,
        `${counted(cells.length, "column")} instead of ${header.length}; mend or remove the line`,
      );
    const number = (column: number): number => numberIn(cells, column, name, index + 1);
    const atMs = parseTimeMs(cells[0] as string);
    if (Number.isNaN(atMs)) throw malformed(name, index + 1, 1, `"${cells[0]}" is not a time like ${timeExample}`);
    rows.push({ atMs, values: Float64Array.from(columns, number) });
    if (labelColumns.anomaly > 0)
      labels.push({
        anomaly: number(labelColumns.anomaly) > 0,
        changepoint: labelColumns.changepoint > 0 && number(labelColumns.changepoint) > 0,
      });
  }
  const points = columns.map((column) => ({ name: snakeCase(header[column] as string), unit: "" }));
  return { points, rows, labels: labelColumns.anomaly > 0 ? labels : null };
}

/** An empty cell is a missing value. */
function numberIn(cells: readonly string[], column: number, name: string, line: number): number {
  const text = cells[column] as string;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value) && text.trim() !== "" && text.trim().toLowerCase() !== "nan") {
    const offset = cells.slice(0, column).join(";").length + 2;
    throw malformed(name, line, offset, `"${text}" is not a number; mend it or leave the cell empty`);
  }
  return value;
}

/** `Volume Flow RateRMS` → `volume_flow_rate_rms`. */
function snakeCase(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .replace(/^(\d)/, "p$1")
    .toLowerCase();
}
