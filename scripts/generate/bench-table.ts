// The bench's table in README.md, from the documents that runs left in test/bench/results/.
import { readdirSync, readFileSync } from "node:fs";

type Row = {
  name: string;
  unit: string;
  ours: number;
  rival: number | null;
  rival_name: string | null;
  ratio: number | null;
  goal: string;
  ok: boolean;
};

const begin = "<!-- bench: generated from test/bench/results by npm run generate -->";
const end = "<!-- end of bench -->";

/** @returns README.md with its table as the last kept run has it. @throws Error where the marks are gone. */
export function readmeWithBench(root: URL): string {
  const readme = readFileSync(new URL("README.md", root), "utf8");
  const folder = new URL("test/bench/results/", root);
  const rows = readdirSync(folder)
    .toSorted()
    .flatMap((name) => (JSON.parse(readFileSync(new URL(name, folder), "utf8")) as { rows: Row[] }).rows);
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error("README.md has lost the marks around its bench table");
  return `${readme.slice(0, from)}${begin}\n${table(rows)}\n${readme.slice(to)}`;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, unit, ours, rival, rival_name, ratio, goal, ok }) => {
    const peer = rival === null ? "–" : `${rival} (${rival_name})`;
    return `| ${name} | ${ours} ${unit} | ${peer} | ${ratio ?? "–"} | ${goal} | ${ok ? "yes" : "no"} |`;
  });
  return ["| what | ours | rival | ratio | goal | met |", "| --- | --- | --- | --- | --- | --- |", ...lines].join("\n");
}
