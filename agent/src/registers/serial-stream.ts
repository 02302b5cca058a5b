// A serial port as a stream of bytes: opened with its settings, locked against other programs, ended at once when the adapter is pulled.
import { readSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { messageOf } from "@millwright/kit/fault";
import { SerialPort } from "serialport";
import { agentFault } from "../faults.ts";
import type { ByteStream, ByteStreamListener, OpenStream } from "./byte-stream.ts";
import { type SerialLine, settingsVariable } from "./serial-line.ts";

/** What may wait to be sent before the port counts as stuck: a request has 8 bytes. */
const maxWaitingBytes = 4_096;
const maxBytesAtOnce = 4_096;
const closeWithinMs = 1_000;

export function serialStream(line: SerialLine): OpenStream {
  return async (signal): Promise<ByteStream> => {
    const port = await openPort(line);
    const why = signal.aborted ? "the agent is stopping" : tellSimulator(line);
    if (why !== null) {
      await closed(port);
      throw agentFault("bus_unreachable", `${line.path}: ${why}`);
    }
    if (line.sendEnable === "rts") port.set({ rts: false }, () => {});
    return streamOver(port, line);
  };
}

function streamOver(port: SerialPort, line: SerialLine): ByteStream {
  let listener: ByteStreamListener | null = null;
  let gone: Promise<void> | null = null;
  const end = (detail: string): void => {
    const told = listener;
    listener = null;
    gone ??= closed(port);
    told?.onEnd(detail);
  };
  const endGone = (): void => end(`${line.path} is gone: was the adapter pulled?`);
  wakeOnWritable(port);
  readBytes(port, (chunk) => listener?.onBytes(chunk), endGone);
  port.on("close", endGone);
  port.on("error", (error: Error) => end(`${line.path} failed: ${error.message}`));
  return {
    listen(given) {
      listener = given;
      if (!port.isOpen) end(`${line.path} went away at once`);
    },
    write(bytes) {
      if (line.sendEnable === "rts") void sendWithRts(port, bytes);
      else port.write(Buffer.from(bytes));
      if (port.writableLength > maxWaitingBytes) end(`${line.path} takes no more bytes`);
    },
    close() {
      listener = null;
      gone ??= closed(port);
      return gone;
    },
  };
}

// SerialPort's own reading is not used: nothing listens to its `data`. Where the adapter goes while one of its reads is under way, read() gives 0 bytes, and
// it reads again at once, for ever and without a word (bindings-cpp #162): 4,000 to 13,000 reads a second, and a device that sends by itself was never missed.
// Here 0 bytes are the end. An idle line says EAGAIN instead, as serialport opens a port with VMIN 1 and O_NONBLOCK. Read on this thread, so that a read waits
// for no thread that waits for a disk; in an immediate, as what the poller calls is no turn of the event loop of its own (see below).
function readBytes(port: SerialPort, onBytes: (chunk: Buffer) => void, onGone: () => void): void {
  const binding = port.port;
  if (binding === undefined || !("poller" in binding)) return void port.on("data", onBytes); // Windows
  const bytes = Buffer.alloc(maxBytesAtOnce);
  const read = (): void => {
    if (!port.isOpen || binding.fd === null) return;
    const length = readNow(binding.fd, bytes);
    if (length === 0) {
      onGone();
      return;
    }
    if (length !== null) onBytes(Buffer.from(bytes.subarray(0, length)));
    readWhenReadable();
  };
  const readWhenReadable = (): void => {
    if (port.isOpen) binding.poller.once("readable", (error) => void setImmediate(error === null ? read : onGone));
  };
  readWhenReadable();
}

// How many bytes there were; null: none yet, 0: the port is gone.
function readNow(fd: number, bytes: Buffer): number | null {
  try {
    return readSync(fd, bytes, 0, bytes.length, null);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "EAGAIN" || code === "EINTR" ? null : 0;
  }
}

// From Node 26.4 on, what awaits serialport 13's poller is not resumed before something else happens in the process (node-serialport #3148,
// bindings-cpp #239): on an idle box a request would lie until the next timer. An immediate is such a something, in the same turn of the loop.
function wakeOnWritable(port: SerialPort): void {
  const binding = port.port;
  if (binding === undefined || !("poller" in binding)) return;
  binding.poller.on("writable", () => void setImmediate(() => {}));
}

function openPort({ path, baud, dataBits, parity, stopBits }: SerialLine): Promise<SerialPort> {
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown): void => reject(agentFault("bus_unreachable", `${path}: ${whyNot(messageOf(error))}`));
    try {
      const port = new SerialPort({ path, baudRate: baud, dataBits, parity, stopBits, autoOpen: false, lock: true });
      port.open((error) => (error === null ? resolve(port) : refuse(error)));
    } catch (error) {
      refuse(error);
    }
  });
}

function whyNot(message: string): string {
  if (/no such file|no such device/i.test(message))
    return "no such port. Is the adapter plugged in? `ls -l /dev/serial/by-id` shows what is there";
  if (/permission denied|not permitted/i.test(message))
    return "no permission. Add the agent's user to the port's group (usually: `sudo usermod -aG dialout USER`) and start the agent again";
  if (/lock|busy|temporarily unavailable/i.test(message))
    return "in use by another program. Only one program may talk on a line: stop the other one";
  if (/inappropriate ioctl|is a directory/i.test(message)) return "not a serial port";
  return message;
}

// After an adapter was pulled, callbacks may never come; then the port is given up after a second.
function closed(port: SerialPort): Promise<void> {
  if (!port.isOpen && !port.closing) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, closeWithinMs);
    if (port.closing) port.once("close", done);
    else port.close(done);
  });
}

// RTS on, bytes out, RTS off again. Best effort: some ports have no such line, and then it changes nothing.
async function sendWithRts(port: SerialPort, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => port.set({ rts: true }, () => resolve()));
  if (!port.isOpen) return;
  port.write(Buffer.from(bytes));
  await new Promise<void>((resolve) => port.drain(() => resolve()));
  port.set({ rts: false }, () => {});
}

// For the simulator: Linux's pseudo terminals drop the parity, so the settings a port was opened with reach it through a file. Returns why they do not.
function tellSimulator({ path, baud, dataBits, parity, stopBits }: SerialLine): string | null {
  const folder = process.env[settingsVariable];
  if (folder === undefined || folder === "") return null;
  const file = join(folder, `${basename(path)}.json`);
  try {
    writeFileSync(`${file}.new`, JSON.stringify({ baud, data_bits: dataBits, parity, stop_bits: stopBits }));
    renameSync(`${file}.new`, file);
    return null;
  } catch (error) {
    return `${settingsVariable} must name a folder that may be written, or not be set: ${messageOf(error)}`;
  }
}
