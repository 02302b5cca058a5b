// What an agent says of itself, as lines of at most 80 columns where names allow it. Pure.
import { wrap } from "@millwright/kit/command-line";
import { counted } from "@millwright/kit/counted";
import type { AgentStatus, BusStatus, MachineStatus } from "../agent-status.ts";
import { busFigures } from "./bus-line.ts";
import { columns } from "./terminal/columns.ts";
import { durationWords } from "./terminal/duration-words.ts";
import type { Paint } from "./terminal/paint.ts";

/** A machine that learns and has such a row is told what is missing, not how old the row is. */
const freshMs = 60_000;

export function statusLines(status: AgentStatus, paint: Paint): string[] {
  const { agent, version, up_ms, gateway, outbox, buses, reads, machines } = status;
  const link = gateway.connected ? paint.good("connected") : paint.bad("away");
  return [
    `${paint.dim("agent  ")} ${paint.bold(agent)}  ${version}  up ${durationWords(up_ms)}`,
    `${paint.dim("gateway")} ${link} ${durationWords(gateway.for_ms)}   ${gateway.url}`,
    `${paint.dim("outbox ")} ${outboxText(outbox)}`,
    ...labelled(
      "bus",
      columns(
        buses.map((bus) => busCells(bus, paint)),
        "llll",
      ),
      paint,
    ),
    ...labelled("reads", readsText(reads), paint),
    ...labelled(
      "machine",
      columns(
        machines.map((machine) => machineCells(machine, paint)),
        "llll",
      ),
      paint,
    ),
    ...labelled(
      "state",
      columns(
        machines.flatMap(({ machine, states = [] }) => states.map(({ name, text }) => [machine.name, name, text])),
        "lll",
      ),
      paint,
    ),
    ...machines.flatMap(({ machine, layers }) => layers.flatMap((layer) => layerLines(machine.name, layer, paint))),
    ...machines.flatMap(({ machine, report }) => (report === null ? [] : reportLines(machine.name, report, paint))),
  ];
}

function reportLines(name: string, { at_ms, text, causes }: NonNullable<MachineStatus["report"]>, paint: Paint): string[] {
  const [first = "", ...rest] = wrap(`${name}, ${new Date(at_ms).toISOString().slice(0, 16).replace("T", " ")} UTC: ${text}`, 72);
  return [first, ...rest].map(
    (line, i) => `${paint.dim((i === 0 ? "model" : "").padEnd(7))} ${causes.length === 0 ? line : paint.warn(line)}`,
  );
}

function layerLines(name: string, { layer, points, readiness, missing, level }: MachineStatus["layers"][number], paint: Paint): string[] {
  const how = missing === null ? level : `learns, ${Math.floor(readiness * 100)} %: ${missing}`;
  const lines = wrap(`${name}: ${how} (${points.join(", ")})`, 72);
  return labelled(
    layer,
    lines.map((line) => (level === "normal" ? line : level === "critical" ? paint.bad(line) : paint.warn(line))),
    paint,
  );
}

const labelled = (label: string, lines: readonly string[], paint: Paint): string[] =>
  lines.map((line, i) => `${paint.dim((i === 0 ? label : "").padEnd(7))} ${line}`);

function outboxText({ waiting, dropped, quarantined, room_ms }: AgentStatus["outbox"]): string {
  const room = room_ms === null ? "" : `, room for ${durationWords(room_ms)}`;
  return `${waiting} waiting, ${dropped} lost${quarantined === 0 ? "" : `, ${quarantined} set aside`}${room}`;
}

// Where all were in time there is nothing to say.
function readsText({ done, skipped, rows_missed }: AgentStatus["reads"]): string[] {
  if (skipped + rows_missed === 0) return [];
  const missed = rows_missed === 0 ? "" : `, ${counted(rows_missed, "row")} of devices never seen`;
  return [`${done} done, ${skipped} skipped (too late)${missed}`];
}

function busCells(bus: BusStatus, paint: Paint): string[] {
  const { name, address, connected, units, units_down } = bus;
  const silent = units_down.length === 0 ? "" : paint.bad(`, ${units_down.length} silent`);
  const line = connected ? `${counted(units, "unit")}${silent}` : paint.bad("down");
  return [name, address, line, busFigures(bus)];
}

function machineCells(
  { machine, phase, readiness, missing, states, state, generation, level, score, unscored, last_row_age_ms }: MachineStatus,
  paint: Paint,
): string[] {
  const source = generation === 0 ? "given model" : `baseline ${generation}${state === null ? "" : `, in ${state}`}`;
  const phases = {
    learning: `learns, ${Math.floor(readiness * 100)} %`,
    scoring: source,
    unavailable: paint.bad("no model"),
  };
  const isFresh = last_row_age_ms !== null && last_row_age_ms < freshMs;
  const age = last_row_age_ms === null ? "no row yet" : `last row ${durationWords(last_row_age_ms)} ago`;
  return [
    machine.name,
    phases[phase],
    levelText({ level, score, unscored }, paint),
    isFresh && phase === "learning" && missing !== null && states === undefined ? missing : age,
  ];
}

const pauses: Readonly<Record<string, string>> = { not_running: "stopped", no_state: "in no state" };

// A machine that stands still, or is in none of its states, is not judged: an alarm from before is held, and limits speak; anything else would be no finding.
function levelText({ level, score, unscored }: Pick<MachineStatus, "level" | "score" | "unscored">, paint: Paint): string {
  if (level === null) return "";
  const pause = pauses[unscored ?? ""];
  if (pause !== undefined && level === "normal") return pause;
  const text = `${level}${score === null ? "" : ` (score ${score.toFixed(2)})`}${pause === undefined ? "" : `, ${pause}`}`;
  return level === "normal" ? paint.good(text) : level === "critical" ? paint.bad(text) : paint.warn(text);
}
