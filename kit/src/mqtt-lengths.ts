// To be imported before mqtt or aedes. mqtt-packet keeps the bytes of each packet length it has ever written (writeToStream.js, varByteIntCache), two bytes
// out of a shared slab of 64 KiB that stays for their sake: a session that sends batches of all sizes grew by 20 MB an hour. Here they come out of
// one table of 32 KiB.
import { createRequire } from "node:module";

type Numbers = { genBufVariableByteInt(length: number): Buffer };

/** Longer ones are not kept. */
const kept = 16_384;

const numbers = createRequire(import.meta.resolve("mqtt"))("mqtt-packet/numbers.js") as Numbers;
const { genBufVariableByteInt: encoded } = numbers;
const table = Buffer.alloc(2 * kept);
for (let length = 0; length < kept; length++) encoded(length).copy(table, 2 * length);

numbers.genBufVariableByteInt = (length) =>
  length < kept ? table.subarray(2 * length, 2 * length + (length < 128 ? 1 : 2)) : encoded(length);
