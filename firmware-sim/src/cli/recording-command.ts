// `millwright-sim recording`: one recorded machine on the wire, unit 1.
import { RecordingProfile } from "@millwright/contract/recording-profile";
import { clockFromEnvironment } from "@millwright/kit/clock";
import { type Command, exitCode, numberOption, UsageError, type Values } from "@millwright/kit/command-line";
import { fileOption } from "@millwright/kit/file-trouble";
import { untilShutdown } from "@millwright/kit/shutdown";
import { formatIssue, readYamlFile } from "@millwright/kit/yaml-file";
import { readRecording } from "../recording/read-recording.ts";
import { createRecordingDevice, type Stick } from "../recording/recording-device.ts";
import { scramble } from "../recording/scramble.ts";
import { templateOfRecording } from "../recording/template-of-recording.ts";
import { writeTemplate } from "../recording/write-template.ts";
import { startModbusTcpServer } from "../wire/modbus-tcp-server.ts";
import { behindFaults } from "../wire/wire-device.ts";
import { createWireFaults } from "../wire/wire-faults.ts";
import { FileMistakes, goodFile, tellingMistakes } from "./file-mistakes.ts";
import { machineTimer } from "./machine-timer.ts";
import { createTell } from "./sim-event.ts";

const unit = 1;

export const recordingCommand: Command = {
  summary: "Serve a recorded machine (a CSV file) on Modbus TCP, unit 1. Its first row is presented at the first poll.",
  options: {
    file: { type: "string", value: "CSV", help: "the recording" },
    profile: { type: "string", value: "YAML", help: "how to read it" },
    port: { type: "string", value: "N", help: "TCP port, 0: any free one (1502)" },
    emit: { type: "string", value: "DIR", help: "write the matching device template below DIR" },
    scramble: { type: "string", value: "SEED", help: "other registers, types, scales and byte orders" },
    drop: { type: "string", value: "P", help: "probability that a request gets no reply (0)" },
    stick: { type: "string", value: "POINT@S", help: "from second S on, POINT keeps its value" },
    seed: { type: "string", value: "N", help: "for --drop (1)" },
  },
  run: tellingMistakes(async ({ values, isJson }) => {
    const tell = createTell({ isJson });
    const clock = clockFromEnvironment();
    const port = numberOption(values, "port", { min: 0, max: 65_535, fallback: 1502 });
    const drop = numberOption(values, "drop", { min: 0, max: 1, fallback: 0 });
    const seed = numberOption(values, "seed", { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 1 });
    const { recording, template } = load(values);
    const machine = recording.profile.machine.name;
    const stick = stickOption(values, [...recording.columns.keys()]);

    const onFirstPoll = (): void => {
      tell({ event: "first_poll", unit, machine, wall_ms: Math.round(clock.wallMs()) });
      machineTimer(clock, device.lengthMs, () => tell({ event: "finished", served: device.served() }));
    };
    const device = createRecordingDevice({ recording, template, unit, clock, stick, onFirstPoll });
    const faults = createWireFaults(String(seed), { drop });
    const server = await startModbusTcpServer({ devices: [behindFaults(device, faults)], port });
    try {
      const emitted = typeof values["emit"] === "string" ? { template: writeTemplate(template, values["emit"]) } : {};
      tell({ event: "ready", port: server.port, units: [{ port: server.port, unit, machine, template: template.template }], ...emitted });
      await untilShutdown();
    } finally {
      await server.close();
    }
    tell({ event: "stopped", served: device.served(), faults: faults.counts });
    return exitCode.ok;
  }),
};

function load(values: Values) {
  const profile = goodFile(readYamlFile(fileOption(values, "profile"), RecordingProfile));
  const { recording, warnings } = goodFile(readRecording(fileOption(values, "file"), profile.value));
  for (const warning of warnings) process.stderr.write(`${formatIssue(warning)}\n`);
  const made = templateOfRecording(profile.value);
  if (made === "row_is_taken")
    throw new FileMistakes([
      profile.locate(["points", "row"], `points.row: that name is kept for the row counter. Choose another.`, "key"),
    ]);
  const seed = values["scramble"];
  return { recording, template: typeof seed === "string" ? scramble(made, recording.columns, seed) : made };
}

function stickOption(values: Values, points: readonly string[]): Stick | undefined {
  const text = values["stick"];
  if (text === undefined) return undefined;
  const match = /^([a-z0-9_]+)@(\d+(?:\.\d+)?)$/.exec(String(text));
  if (match === null) throw new UsageError(`--stick must be POINT@SECOND, e.g. ${points[0] ?? "current"}@700, not "${String(text)}"`);
  const point = match[1] as string;
  if (!points.includes(point)) throw new UsageError(`--stick: there is no point "${point}". Points: ${points.join(", ")}`);
  return { point, atS: Number(match[2]) };
}
