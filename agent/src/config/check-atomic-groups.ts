// Whether groups of points that belong to one moment can be read in one request each.
import { type RegisterPoint, type RegisterTemplate, registerLength } from "@millwright/contract/register-template";
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";

/** Most registers of one request (MODBUS Application Protocol V1.1b3 §6.3). */
const mostRegisters = 125;

export function checkAtomicGroups({ atomic, points, forbidden, max_block }: RegisterTemplate, report: ConfigReport): void {
  const taken = new Map<string, number>();
  for (const [i, group] of atomic.entries()) {
    const path = ["atomic", i];
    if (!checkNames(group, { points, taken, path, report })) continue;
    for (const name of group) taken.set(name, i);
    const members = group.map((name) => points[name] as RegisterPoint);
    const table = members[0]?.table;
    const stranger = group.find((name) => points[name]?.table !== table);
    if (stranger !== undefined) {
      report.error(path, `"${stranger}" stands in another table than "${group[0]}"; one request reads one table. Take it out.`);
      continue;
    }
    const from = Math.min(...members.map(({ register }) => register));
    const end = Math.max(...members.map((point) => point.register + registerLength(point)));
    const most = Math.min(max_block, mostRegisters);
    const hole = forbidden.find((range) => range.table === table && range.from < end && range.to >= from);
    if (end - from > most)
      report.error(
        path,
        `takes registers ${from} to ${end - 1}, ${end - from} in all; one request reads at most ${most}. Make it smaller.`,
      );
    else if (hole !== undefined)
      report.error(path, `reaches across the forbidden registers ${hole.from} to ${hole.to}. It cannot be read in one request: split it.`);
  }
}

type Names = {
  readonly points: RegisterTemplate["points"];
  readonly taken: ReadonlyMap<string, number>;
  readonly path: Path;
  readonly report: ConfigReport;
};

function checkNames(group: readonly string[], { points, taken, path, report }: Names): boolean {
  const before = report.issues.length;
  for (const [j, name] of group.entries()) {
    const other = taken.get(name);
    if (!Object.hasOwn(points, name))
      report.error([...path, j], `"${name}" is not a point of this template. ${didYouMean(name, Object.keys(points))}`);
    else if (group.indexOf(name) !== j) report.error([...path, j], `"${name}" stands here twice. Remove one.`);
    else if (other !== undefined) report.error([...path, j], `"${name}" is in atomic.${other} already. Join the two groups.`);
  }
  return report.issues.length === before;
}
