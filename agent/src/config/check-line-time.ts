// Whether a serial line is fast enough for what is to be read on it. Nothing but the bytes and the silences between frames is counted (MODBUS over Serial
// Line V1.02, 2.5.1): devices take their own time on top.
import { counted } from "@millwright/kit/counted";
import { characterMs, frameGapMs, type SerialLine } from "../registers/serial-line.ts";
import { durationText } from "./check-periods.ts";
import type { ConfigReport } from "./config-report.ts";
import { plannedBlocks } from "./planned-blocks.ts";
import type { ResolvedBus, ResolvedMachine } from "./resolved-config.ts";

const requestBytes = 8;
/** Of a reply, beside two for each register. */
const replyFrameBytes = 5;

export function checkLineTime(bus: ResolvedBus, machines: readonly ResolvedMachine[], report: ConfigReport): void {
  if (bus.kind !== "modbus-rtu") return;
  const { line, name, timeoutMs } = bus;
  const reads = machines.flatMap((machine) => machine.reads).filter((read) => read.bus === name);
  const planned = reads.map(({ source, everyMs }) => ({ everyMs, blocks: source.protocol === "modbus" ? plannedBlocks(source) : [] }));
  const most = Math.max(0, ...planned.flatMap(({ blocks }) => blocks));
  const longestMs = exchangeMs(line, most);
  if (most > 0 && longestMs > timeoutMs)
    report.warn(
      ["buses", name, "timeout"],
      `${durationText(timeoutMs)} is shorter than ${counted(most, "register")} take at ${line.baud} baud, ${durationText(Math.ceil(longestMs))} and the device's own time: every such read would time out. Make it longer, or give the template a smaller max_block.`,
    );
  const busyMs = (blocks: readonly number[]): number =>
    blocks.reduce((sum, registers) => sum + exchangeMs(line, registers) + frameGapMs(line), 0);
  const share = planned.reduce((sum, { blocks, everyMs }) => sum + busyMs(blocks) / everyMs, 0);
  if (share > 1)
    report.warn(
      ["buses", name],
      `would be busy ${Math.round(share * 100)} % of the time at ${line.baud} baud, without the time the devices take: reads will be skipped. Read less often, choose points with only:, or raise the baud rate of the line and its devices.`,
      "key",
    );
}

/** Real ms of a request, the silence behind it, and its reply. */
const exchangeMs = (line: SerialLine, registers: number): number =>
  characterMs(line) * (requestBytes + replyFrameBytes + 2 * registers) + frameGapMs(line);
