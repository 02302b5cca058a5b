// modbus-serial as what it is good at: it makes the bytes of a request and decodes the reply to it. What lies between, it never sees: its port is this
// object, its time-outs are unused, and it is called with callbacks, so that nothing stays pending where no reply comes.
import { EventEmitter } from "node:events";
import modbusSerial from "modbus-serial";
import { type ReadOutcome, type ReadRequest, readFailure } from "./read-outcome.ts";

type Result = { data: number[] } | undefined;

export class RtuCodec {
  readonly #port = new CodecPort();
  readonly #client = new modbusSerial.default(this.#port);
  #outcome: ReadOutcome | null = null;

  constructor() {
    this.#client.open();
  }

  /** The 8 bytes of one read request. */
  encode({ unit, table, address, count }: ReadRequest): Uint8Array {
    this.#outcome = null;
    const next = (error: Error | null, result: Result): void => {
      this.#outcome = outcomeOf(error, result);
    };
    if (table === "holding") this.#client.writeFC3(unit, address, count, next);
    else this.#client.writeFC4(unit, address, count, next);
    return this.#port.written;
  }

  /** What a whole, checked reply to the request encoded last says. */
  decode(frame: Buffer): ReadOutcome {
    this.#port.emit("data", frame);
    return this.#outcome ?? readFailure("bus_malformed_reply", "modbus-serial did not take the reply");
  }
}

function outcomeOf(error: (Error & { modbusCode?: number }) | null, result: Result): ReadOutcome {
  if (error?.modbusCode !== undefined) return readFailure("bus_exception", `exception ${error.modbusCode}`, error.modbusCode);
  if (error !== null || result === undefined) return readFailure("bus_malformed_reply", error?.message ?? "no data");
  return { ok: true, reply: Uint16Array.from(result.data) };
}

// The port that modbus-serial writes to and listens on.
class CodecPort extends EventEmitter {
  readonly isOpen = true;
  written: Uint8Array = new Uint8Array(0);

  open(done: (error: Error | null) => void): void {
    done(null);
  }

  close(done?: (error: Error | null) => void): void {
    done?.(null);
  }

  write(bytes: Uint8Array): void {
    this.written = bytes;
  }
}
