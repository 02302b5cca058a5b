// A CSV file and its profile → a recording, or every mistake as file:line:column with what to do.
import { readFileSync } from "node:fs";
import type { RecordingProfile } from "@millwright/contract/recording-profile";
import { counted } from "@millwright/kit/counted";
import { nearest } from "@millwright/kit/nearest";
import { type FileIssue, unreadable } from "@millwright/kit/yaml-file";
import { type Cell, type CsvTable, parseCsv } from "./csv-table.ts";
import type { Recording } from "./recording.ts";
import { parseTime, timeExample } from "./time-cell.ts";

export type ReadRecording = { ok: true; recording: Recording; warnings: FileIssue[] } | { ok: false; issues: FileIssue[] };

/** So many mistakes are listed; a file with the wrong delimiter would have thousands. */
const maxIssues = 20;

/** Reads a file. Never throws for what is, or is not, in it. */
export function readRecording(file: string, profile: RecordingProfile): ReadRecording {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { ok: false, issues: [{ file, line: null, column: null, message: unreadable(error) }] };
  }
  return parseRecording(text, file, profile);
}

/** The same for text that is already there; `file` is only named in messages. */
export function parseRecording(text: string, file: string, profile: RecordingProfile): ReadRecording {
  const table = parseCsv(text, profile.delimiter);
  if (table.header.length === 0)
    return { ok: false, issues: [{ file, line: 1, column: 1, message: "is empty. A recording has a line with its columns, then rows." }] };
  const issues: FileIssue[] = [];
  const warnings: FileIssue[] = [];
  const complain = ({ line, column }: Pick<Cell, "line" | "column">, message: string): void =>
    void issues.push({ file, line, column, message });
  const reader = { table, profile, complain };

  const missing = missingColumns(reader);
  if (missing > 0) return { ok: false, issues };
  const timesMs = readTimes(reader);
  const columns = new Map(Object.entries(profile.points).map(([name, point]) => [name, readColumn(reader, point.column)]));
  const needed = profile.learn_rows + 1;
  if (table.rows.length < needed) {
    const last = table.rows.at(-1)?.[0] ?? { line: 1, column: 1 };
    complain(
      last,
      `has ${counted(table.rows.length, "row")}, but learn_rows is ${profile.learn_rows}: at least ${needed} are needed. Take a longer recording or a smaller learn_rows.`,
    );
  }
  const [anomaly, changepoint] = (["anomaly", "changepoint"] as const).map((kind) => {
    const column = profile.labels[kind];
    if (column === undefined) return null;
    if (indexOf(table, column) !== -1) return readLabels(reader, column);
    warnings.push({ file, line: 1, column: 1, message: `has no column "${column}" (labels.${kind}): it is served without that truth.` });
    return null;
  }) as [Uint8Array | null, Uint8Array | null];
  if (issues.length > 0) return { ok: false, issues: firstOf(issues, file) };
  return { ok: true, recording: { file, profile, timesMs, columns, anomaly, changepoint }, warnings };
}

type Reader = { table: CsvTable; profile: RecordingProfile; complain: (at: Pick<Cell, "line" | "column">, message: string) => void };

function missingColumns({ table, profile, complain }: Reader): number {
  const titles = table.header.map((cell) => cell.text);
  const wanted = Object.entries(profile.points).map(([name, point]) => [point.column, `points.${name}`] as const);
  const time = profile.time.format === "row" ? [] : [[profile.time.column, "time"] as const];
  const missing = [...time, ...wanted].filter(([column]) => !titles.includes(column));
  for (const [column, use] of missing) {
    const near = nearest(column, titles);
    const hint =
      near === undefined ? `It has: ${titles.join(", ")}. Put the profile's column or delimiter right.` : `Did you mean "${near}"?`;
    complain(table.header[0] ?? { line: 1, column: 1 }, `has no column "${column}" (${use}). ${hint}`);
  }
  return missing.length;
}

const indexOf = (table: CsvTable, column: string): number => table.header.findIndex((cell) => cell.text === column);

function readTimes({ table, profile, complain }: Reader): Float64Array {
  const { time, period } = profile;
  if (time.format === "row") return Float64Array.from(table.rows, (_, row) => row * period);
  const index = indexOf(table, time.column);
  const times = new Float64Array(table.rows.length);
  let previous = Number.NEGATIVE_INFINITY;
  for (const [row, cells] of table.rows.entries()) {
    const cell = cellAt(cells, index);
    const ms = parseTime(cell.text, time.format);
    if (ms === null)
      complain(
        cell,
        `"${cell.text}" is not a time; ${time.format} looks like ${timeExample[time.format]}. Put the cell or the profile's time.format right.`,
      );
    else if (ms < previous)
      complain(cell, `time goes backwards here, by ${(previous - ms) / 1000} s. Sort the rows by time, or cut the file here.`);
    previous = ms ?? previous;
    times[row] = previous;
  }
  const first = times[0] ?? 0;
  return times.map((ms) => ms - first);
}

function readColumn({ table, complain }: Reader, column: string): Float64Array {
  const index = indexOf(table, column);
  return Float64Array.from(table.rows, (cells) => {
    const cell = cellAt(cells, index);
    const number = cell.text === "" ? Number.NaN : Number(cell.text);
    if (!Number.isFinite(number))
      complain(
        cell,
        cell.text === ""
          ? `${column} is empty. Fill the cell or remove the row.`
          : `"${cell.text}" in ${column} is not a number. Write it like 12.5, with a point.`,
      );
    return number;
  });
}

function readLabels({ table, complain }: Reader, column: string): Uint8Array {
  const index = indexOf(table, column);
  return Uint8Array.from(table.rows, (cells) => {
    const cell = cellAt(cells, index);
    const number = cell.text === "" ? Number.NaN : Number(cell.text);
    if (number !== 0 && number !== 1) complain(cell, `"${cell.text}" in ${column} is not a label. Labels are 0 or 1.`);
    return number === 1 ? 1 : 0;
  });
}

// Where a row is too short: an empty cell behind its last one.
function cellAt(cells: Cell[], index: number): Cell {
  const last = cells.at(-1) ?? { text: "", line: 1, column: 1 };
  return cells[index] ?? { text: "", line: last.line, column: last.column + last.text.length };
}

function firstOf(issues: FileIssue[], file: string): FileIssue[] {
  const sorted = issues.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const more = sorted.length - maxIssues;
  return more <= 0
    ? sorted
    : [...sorted.slice(0, maxIssues), { file, line: null, column: null, message: `and ${more} more mistakes like these.` }];
}
