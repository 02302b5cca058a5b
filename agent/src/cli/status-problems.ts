// What is wrong with an agent, from what it says of itself: each with its reason and the next step, the worst first. Pure.
import { counted } from "@millwright/kit/counted";
import type { AgentStatus, BusStatus, MachineStatus } from "../agent-status.ts";
import { faultTable } from "../faults.ts";
import type { AgentLife, FoundStatus } from "../status-file.ts";
import { troubleText } from "./devices/device-failure.ts";
import { durationWords } from "./terminal/duration-words.ts";

/** `isDegrading` false: worth a look, and no reason to call anybody. */
export type StatusProblem = { readonly text: string; readonly next: string; readonly isDegrading: boolean };

/** `revision`: of the configuration as it stands in its file now; null where nobody knows. `freeBytes`: on the disk of its data; null: cannot be told. */
export type StatusSource = { readonly dataDir: string; readonly revision: string | null; readonly freeBytes: number | null };

export function statusProblems(found: FoundStatus, { dataDir, revision, freeBytes }: StatusSource): StatusProblem[] {
  if (found.kind === "absent")
    return [
      bad(
        `No agent has run with the data in ${dataDir}.`,
        "Start it: millwright-agent run --config FILE. Or give the --data-dir it runs with.",
      ),
    ];
  if (found.kind === "unreadable")
    return [
      bad(
        `status.json in ${dataDir} cannot be read: ${found.detail}.`,
        "Use the `status` of the version that runs, as its user or as root.",
      ),
    ];
  const { status, life } = found;
  if (life.state === "gone" && freeBytes !== null && freeBytes < fullDiskBytes) return [fullDisk(life, dataDir)];
  if (life.state !== "running") return [notRunning(life)];
  return [
    ...status.buses.flatMap(busProblems),
    ...gatewayProblems(status),
    ...status.machines.flatMap((machine) => [...modelProblems(machine), ...rowProblems(machine, status)]),
    ...outboxProblems(status),
    ...(status.clock.trusted
      ? []
      : [
          bad(
            "The clock of this box is plainly wrong.",
            "Set it, or give the box a time server: timedatectl set-ntp true. Rows are stamped, and corrected later.",
          ),
        ]),
    ...(revision === null || revision === status.config_revision
      ? []
      : [hint("The configuration file was changed since the agent started.", "Start the agent again, so that it takes effect.")]),
  ];
}

/** As the gateway has it: silent for ten periods, and at least so long. */
const silentPeriods = 10;
const leastSilenceMs = 30_000;

/** Below this the agent can write neither its records nor its status. */
const fullDiskBytes = 65_536;

const bad = (text: string, next: string): StatusProblem => ({ text, next, isDegrading: true });
const hint = (text: string, next: string): StatusProblem => ({ text, next, isDegrading: false });

function notRunning({ why, silentMs }: Exclude<AgentLife, { state: "running" }>): StatusProblem {
  const since = silentMs === null ? "" : ` for ${durationWords(silentMs)}`;
  return bad(
    `The agent does not run${since}: ${why}. What stands below is the last it said.`,
    "Start it: systemctl start millwright-agent, or millwright-agent run --config FILE. Its log says why it ended: journalctl -u millwright-agent.",
  );
}

// An agent on a full disk may run and be unable to say so: to start it again would not help.
function fullDisk({ silentMs, why }: Exclude<AgentLife, { state: "running" }>, dataDir: string): StatusProblem {
  const since = silentMs === null ? "" : ` for ${durationWords(silentMs)}`;
  return bad(
    `The disk of ${dataDir} is full: the agent cannot write, and has said nothing${since} (${why}). What stands below is the last it said.`,
    `${faultTable.outbox_write_failed.next}. If the agent does not speak again then, start it.`,
  );
}

function busProblems(bus: BusStatus): StatusProblem[] {
  const { name, address, connected, trouble, units_down } = bus;
  const isLine = address.startsWith("/");
  if (!connected) {
    const next = isLine
      ? "Run `millwright-agent doctor`: it looks at the port, who may open it and who has it open."
      : faultTable.bus_unreachable.next;
    return [bad(`Bus ${name} is down: ${troubleText(trouble ?? `no connection to ${address}`)}.`, next)];
  }
  return [
    ...units_down.map((unit) =>
      bad(`Bus ${name}: ${typeof unit === "number" ? `unit ${unit}` : unit} does not answer.`, faultTable.bus_unit_down.next),
    ),
    ...refusalProblems(bus),
  ];
}

// It answers, so nothing is down; and still there was not one value.
function refusalProblems({ name, good, exceptions, malformed, crc_errors }: BusStatus): StatusProblem[] {
  if (good > 0) return [];
  const exactly = "`millwright-agent read` says what exactly it answers.";
  if (exceptions > 0) return [bad(`Bus ${name}: whatever was asked was refused. ${exactly}`, faultTable.bus_exception.next)];
  if (malformed + crc_errors > 0) return [bad(`Bus ${name}: no reply was a valid one. ${exactly}`, faultTable.bus_malformed_reply.next)];
  return [];
}

function gatewayProblems({ gateway, outbox }: AgentStatus): StatusProblem[] {
  if (gateway.connected) return [];
  const room = outbox.room_ms === null ? "" : `; room for ${durationWords(outbox.room_ms)}`;
  const why = gateway.trouble === null ? "" : `: ${troubleText(gateway.trouble)}`;
  return [
    bad(
      `No connection to the gateway for ${durationWords(gateway.for_ms)}${why}. Records are kept${room}.`,
      "Run `millwright-agent doctor`: it looks at name, network, TLS and log-in of the broker.",
    ),
  ];
}

function modelProblems({ machine, refusal }: MachineStatus): StatusProblem[] {
  return refusal === null ? [] : [bad(`${machine.name}: the model is refused: ${refusal}`, faultTable.model_refused.next)];
}

// A bus or a unit that is down has been told already.
function rowProblems({ machine, buses: its, every_ms, last_row_age_ms }: MachineStatus, { buses, up_ms }: AgentStatus): StatusProblem[] {
  const isTold = buses.some(({ name, connected, units_down }) => its.includes(name) && (!connected || units_down.length > 0));
  const silentMs = last_row_age_ms ?? up_ms;
  if (isTold || silentMs < Math.max(leastSilenceMs, silentPeriods * every_ms)) return [];
  const next = `See what its devices say: millwright-agent read --machine ${machine.name}. A device whose update counter stands still gives no rows.`;
  const since = last_row_age_ms === null ? "since the start" : `for ${durationWords(silentMs)}`;
  return [bad(`${machine.name}: no row ${since}.`, next)];
}

function outboxProblems({ outbox }: AgentStatus): StatusProblem[] {
  if (outbox.dropped === 0) return [];
  const text = `${counted(outbox.dropped, "record")} of telemetry ${outbox.dropped === 1 ? "was" : "were"} dropped before the gateway had them: the outbox was full.`;
  const next = "Bring the gateway back, and give the buffer more room: `buffer: { max: … }`. Predictions and events are never dropped.";
  // What was lost long ago is no reason to call anybody tonight.
  return [outbox.waiting > 0 ? bad(text, next) : hint(text, next)];
}
