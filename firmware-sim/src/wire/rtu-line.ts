// One half-duplex RTU line with many slaves on it, in line time. In: the master's bytes, which a pty hands over at once. Out: the slaves' bytes, none
// earlier than a line of this baud rate carries it. What overlaps spoils each other, on either side. No clock and no timer: time arrives as an argument,
// and every moment is reckoned from the request's, so that nothing drifts. Bounded: `maxWaiting` replies, one frame of the master.
import type { Random } from "../random/random.ts";
import { answerRequest } from "./answer-request.ts";
import { characterMs, frameGapMs, type LineSettings } from "./line-settings.ts";
import { openRtuFrame } from "./rtu-frame.ts";
import { rtuReplyBytes } from "./rtu-reply.ts";
import { isOverlap, type Span } from "./span.ts";
import type { WireDevice } from "./wire-device.ts";
import { goodFate, type WireFate } from "./wire-faults.ts";

export type RtuLineOptions = {
  devices: readonly WireDevice[];
  settings: LineSettings;
  random: Random;
  /** Whether the master's port is set as the line is. */
  isHeardRight?: () => boolean;
  /** The connection is dropped, or the adapter unplugged for so many ms. */
  onCut?: (fate: WireFate) => void;
};

type Heard = Span & { bytes: Buffer };
type Sending = Span & { unit: number; bytes: Buffer; delivered: number; isSpoilt: boolean };
type Timed = { atMs: number; byte: number };

/** A UART hands on what it received when it has so many bytes, or the frame is over (the trigger level of a 16550). */
const pieceBytes = 8;
const maxWaiting = 64;
const maxFrameBytes = 256;
/** Overlaps are looked for this far back. */
const rememberMs = 1_000;

export class RtuLine {
  readonly #options: RtuLineOptions;
  readonly #units: ReadonlyMap<number, WireDevice>;
  readonly #charMs: number;
  readonly #gapMs: number;
  #frame: Heard | null = null;
  #heard: Span[] = [];
  #sending: Sending[] = [];
  #echo: Buffer[] = [];
  #overlaps = 0;

  constructor(options: RtuLineOptions) {
    this.#options = options;
    this.#units = new Map(options.devices.map((device) => [device.unit, device]));
    this.#charMs = characterMs(options.settings);
    this.#gapMs = frameGapMs(options.settings);
  }

  /** Frames spoilt because two spoke at once. */
  get overlaps(): number {
    return this.#overlaps;
  }

  /** When `advance` has something to do; Infinity where nothing is under way. */
  get nextMs(): number {
    const due = this.#sending.map(({ startMs, bytes, delivered }) =>
      delivered === bytes.length ? Number.POSITIVE_INFINITY : startMs + Math.min(delivered + pieceBytes, bytes.length) * this.#charMs,
    );
    const frameOver = this.#frame === null ? Number.POSITIVE_INFINITY : this.#frame.endMs + this.#gapMs;
    return Math.min(frameOver, ...due);
  }

  /** The master's bytes, all there at `nowMs`; the line needs its time to carry them. */
  take(chunk: Buffer, nowMs: number): void {
    this.#endFrame(nowMs);
    const before = this.#frame ?? { bytes: Buffer.alloc(0), startMs: nowMs, endMs: nowMs };
    const bytes = Buffer.concat([before.bytes, chunk]).subarray(0, maxFrameBytes + 1);
    this.#frame = { bytes, startMs: before.startMs, endMs: Math.max(nowMs, before.endMs) + chunk.length * this.#charMs };
  }

  /** Everything that happened on the line until `nowMs`. @returns what the master receives by then. */
  advance(nowMs: number): Buffer {
    this.#endFrame(nowMs);
    const timed = this.#sending.flatMap((sending) => this.#carried(sending, nowMs)).sort((a, b) => a.atMs - b.atMs);
    const echo = this.#echo.splice(0);
    this.#sending = this.#sending.filter(({ delivered, bytes, endMs }) => delivered < bytes.length || endMs > nowMs - rememberMs);
    this.#heard = this.#heard.filter(({ endMs }) => endMs > nowMs - rememberMs);
    return Buffer.concat([...echo, Buffer.from(timed.map(({ byte }) => byte))]);
  }

  /** The line was cut: what was under way on it is gone. */
  clear(): void {
    this.#frame = null;
    this.#heard = [];
    this.#sending = [];
    this.#echo = [];
  }

  // The bytes of one reply that are over by `nowMs`. Where two slaves speak at once, the later one's bytes are lost in the earlier one's, which are spoilt.
  #carried(sending: Sending, nowMs: number): Timed[] {
    const { bytes, startMs } = sending;
    const timed: Timed[] = [];
    for (; sending.delivered < bytes.length; sending.delivered++) {
      const span = { startMs: startMs + sending.delivered * this.#charMs, endMs: startMs + (sending.delivered + 1) * this.#charMs };
      if (span.endMs > nowMs) break;
      const others = this.#sending.filter((other) => other !== sending && isOverlap(other, span));
      const isSpoilt = others.length > 0 || this.#isMasterSending(span);
      if (isSpoilt && !sending.isSpoilt) this.#overlaps++;
      sending.isSpoilt ||= isSpoilt;
      if (others.some((other) => other.startMs < startMs)) continue;
      const byte = bytes[sending.delivered] as number;
      timed.push({ atMs: span.endMs, byte: isSpoilt ? this.#garbled(byte) : byte });
    }
    return timed;
  }

  #isMasterSending = (span: Span): boolean =>
    this.#heard.some((heard) => isOverlap(heard, span)) || (this.#frame !== null && isOverlap(this.#frame, span));

  #garbled = (byte: number): number => byte ^ (1 + Math.floor(this.#options.random() * 255));

  // 3.5 characters of silence end a frame; then the slave it is for begins to work on it.
  #endFrame(nowMs: number): void {
    const frame = this.#frame;
    if (frame === null || nowMs < frame.endMs + this.#gapMs) return;
    this.#frame = null;
    this.#heard.push({ startMs: frame.startMs, endMs: frame.endMs });
    if (this.#sending.some((sending) => isOverlap(sending, frame))) this.#overlaps++;
    else this.#serve(frame.bytes, frame.endMs + this.#gapMs);
  }

  #serve(bytes: Buffer, atMs: number): void {
    const isHeardRight = this.#options.isHeardRight?.() ?? true;
    const request = isHeardRight ? openRtuFrame(bytes) : null;
    const device = request === null ? undefined : this.#units.get(request.unit);
    if (!isHeardRight) this.#mumble(atMs);
    if (request === null || device === undefined || this.#sending.length >= maxWaiting) return;
    const fate = device.faults?.next(atMs) ?? goodFate;
    const isCut = fate.strikes.has("disconnect") || fate.strikes.has("unplug");
    if (isCut) this.#options.onCut?.(fate);
    if (isCut || fate.strikes.has("drop")) return;
    const pdu = answerRequest(request.pdu, device, fate);
    if (fate.strikes.has("echo")) this.#echo.push(bytes);
    if (pdu === "silent") return;
    this.#send(rtuReplyBytes({ unit: request.unit, pdu }, fate), request.unit, atMs + fate.lateMs);
  }

  // A slave answers in the order it was asked.
  #send(bytes: Buffer, unit: number, readyMs: number): void {
    const busyUntilMs = Math.max(...this.#sending.filter((one) => one.unit === unit).map(({ endMs }) => endMs + this.#gapMs), readyMs);
    const startMs = busyUntilMs + this.#options.settings.turnaroundMs;
    this.#sending.push({ unit, bytes, startMs, endMs: startMs + bytes.length * this.#charMs, delivered: 0, isSpoilt: false });
  }

  // A slave set otherwise hears nothing it knows, and what it may say is heard as something else.
  #mumble(atMs: number): void {
    const { random } = this.#options;
    if (random() < 0.5) return;
    const bytes = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * 256)));
    this.#send(bytes, 0, atMs);
  }
}
