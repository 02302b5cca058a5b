// A slave on a pty that has settings of its own: it learns those the port was opened with from the file that the agent writes
// (MILLWRIGHT_SERIAL_SETTINGS), for a pty passes everything on. With the same baud rate and another parity it hears nothing; at another baud rate
// it answers with garbage.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc16 } from "../../registers/rtu-frame.ts";
import { PtyLine } from "../../registers/test-support/pty-line.ts";
import { type RtuAsked, RtuSlave, rtuReply } from "../../registers/test-support/rtu-slave.ts";

export type SlaveSettings = { baud: number; data_bits: number; parity: string; stop_bits: number };
export type SlaveLine = {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  readonly slave: RtuSlave;
  remove(): Promise<void>;
};

/** `replyTo`: null where the unit keeps silent. */
export async function slaveWithSettings(
  settings: SlaveSettings,
  replyTo: (asked: RtuAsked) => Buffer | null,
  { delayMs = 0 }: { delayMs?: number } = {},
): Promise<SlaveLine> {
  const folder = mkdtempSync(join(tmpdir(), "millwright-settings-"));
  const slave = await RtuSlave.start((asked, socket) => {
    const opened = JSON.parse(readFileSync(join(folder, "line.json"), "utf8")) as SlaveSettings;
    if (opened.baud !== settings.baud) return void socket.write(Buffer.from([0xf8, asked.unit ^ 0x55, 0x80, 0xe0]));
    if (JSON.stringify(opened) !== JSON.stringify(settings)) return;
    const reply = replyTo(asked);
    if (reply !== null) setTimeout(() => socket.write(reply), delayMs);
  });
  const pty = await PtyLine.plug(slave.port);
  return {
    path: pty.line.path,
    env: { MILLWRIGHT_SERIAL_SETTINGS: folder },
    slave,
    async remove() {
      await pty.remove();
      await slave.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Answers for one unit with the registers given, zero where none is. */
export const unitWith =
  (unit: number, registers: Readonly<Record<number, number>>) =>
  (asked: RtuAsked): Buffer | null => {
    if (asked.unit !== unit) return null;
    const frame = rtuReply(asked);
    for (let i = 0; i < asked.count; i++) frame.writeUInt16BE(registers[asked.address + i] ?? 0, 3 + 2 * i);
    frame.writeUInt16LE(crc16(frame, 0, frame.length - 2), frame.length - 2);
    return frame;
  };
