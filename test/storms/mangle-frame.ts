// What a faulty device does to one Modbus TCP reply. Pure, but for its random numbers.
// Only what a client can know to be wrong: the registers themselves have no check sum on TCP, so a changed value is no malformed reply.
import { type Random, wholeBetween } from "../../firmware-sim/src/random/random.ts";

/** A reply as it goes out: its pieces, each sent by itself. */
export type Mangled = {
  readonly pieces: readonly Buffer[];
  /** `good`: a valid answer, however it is sent · `bad`: none · `half`: the device dies in the middle and says nothing more on this connection. */
  readonly kind: "good" | "bad" | "half";
};

/**
 * A valid reply, or an exception: at least 9 bytes. `isAlone`: nothing else is or will be in flight. Only then a client can tell that a byte too
 * many came with the registers: it looks like the beginning of the next reply.
 */
export function mangleFrame(frame: Buffer, random: Random, isAlone: boolean): Mangled {
  const dice = random();
  if (dice < 0.6) return { pieces: [frame], kind: "good" };
  if (dice < 0.7) return { pieces: cut(frame, wholeBetween(random, 1, frame.length - 1)), kind: "good" };
  if (dice < 0.72) return { pieces: [frame.subarray(0, wholeBetween(random, 1, frame.length - 1))], kind: "half" };
  if (isAlone && random() < 0.1) return { pieces: [withByteTooMany(frame, random)], kind: "bad" };
  const spoil = badReplies[wholeBetween(random, 0, badReplies.length - 1)] as Spoil;
  const bytes = spoil(frame, random);
  return { pieces: random() < 0.8 || bytes.length < 2 ? [bytes] : cut(bytes, wholeBetween(random, 1, bytes.length - 1)), kind: "bad" };
}

type Spoil = (frame: Buffer, random: Random) => Buffer;

const changed = (frame: Buffer, change: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.from(frame);
  change(bytes);
  return bytes;
};

const badReplies: readonly Spoil[] = [
  // One bit of the header, of the function or of the byte count.
  (frame, random) =>
    changed(frame, (bytes) => {
      const at = wholeBetween(random, 0, 8);
      bytes[at] = (bytes[at] as number) ^ (1 << wholeBetween(random, 0, 7));
    }),
  // Some bytes of them.
  (frame, random) =>
    changed(frame, (bytes) => {
      for (let i = wholeBetween(random, 1, 4); i > 0; i--) bytes[wholeBetween(random, 0, 8)] = wholeBetween(random, 0, 255);
    }),
  // A length field that lies: any, and the favourites.
  (frame, random) => changed(frame, (bytes) => bytes.writeUInt16BE(wholeBetween(random, 0, 65_535), 4)),
  (frame, random) => changed(frame, (bytes) => bytes.writeUInt16BE([0, 1, 2, 255, 256, 65_535][wholeBetween(random, 0, 5)] as number, 4)),
  (frame) => changed(frame, (bytes) => bytes.writeUInt16BE(bytes.readUInt16BE(4) + 1, 4)),
  (frame) => changed(frame, (bytes) => bytes.writeUInt16BE(bytes.readUInt16BE(4) - 1, 4)),
  // Byte counts 0 and 200; another protocol.
  (frame, random) => changed(frame, (bytes) => bytes.writeUInt8(random() < 0.5 ? 0 : 200, 8)),
  (frame, random) => changed(frame, (bytes) => bytes.writeUInt16BE(wholeBetween(random, 1, 65_535), 2)),
  // No frame at all, and one before the reply.
  (_, random) => noise(random, wholeBetween(random, 1, 300)),
  (frame, random) => Buffer.concat([noise(random, wholeBetween(random, 1, 20)), frame]),
];

function withByteTooMany(frame: Buffer, random: Random): Buffer {
  const at = wholeBetween(random, 9, frame.length);
  return Buffer.concat([frame.subarray(0, at), noise(random, 1), frame.subarray(at)]);
}

const cut = (bytes: Buffer, at: number): Buffer[] => [bytes.subarray(0, at), bytes.subarray(at)];
const noise = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => wholeBetween(random, 0, 255)));
