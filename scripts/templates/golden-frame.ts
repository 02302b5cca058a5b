// A template, a block of its registers and values for its points → a golden frame. It is made with the simulator's encoder, not from the agent's decoder:
// the two must agree on what the template says.
import { type ByteOrder, type RegisterPoint, type RegisterTemplate, registerLength } from "@millwright/contract/register-template";
import { encode, rawOf } from "@millwright/firmware-sim/registers/encode";

export type FrameBlock = { readonly unit: number; readonly table: "holding" | "input"; readonly register: number; readonly count: number };
export type FrameValue = number | string | null;
export type MadeFrame = {
  /** The whole RTU reply, hexadecimal. */
  readonly reply: string;
  /** What the registers hold: values as the type rounds them. */
  readonly values: Readonly<Record<string, FrameValue>>;
  /** Points of the block that were given no value; their registers are 0. */
  readonly missing: readonly string[];
};

/** @throws Error where a point is not in the block, or cannot hold its value; the message says which. */
export function goldenFrame(template: RegisterTemplate, block: FrameBlock, given: Readonly<Record<string, FrameValue>>): MadeFrame {
  if (block.register < template.base)
    throw new Error(`register ${block.register} is before the first one, which is ${template.base} here (base: ${template.base})`);
  const registers = new Uint16Array(block.count);
  const values: Record<string, FrameValue> = {};
  for (const [name, value] of Object.entries(given)) {
    const point = template.points[name];
    if (point === undefined) throw new Error(`${name} is not a point of ${template.template}`);
    if (!isInside(point, block)) throw new Error(`${name} (${point.table} ${point.register}) does not lie in the block`);
    const words = typeof value === "string" ? textWords(point, value, orderOf(template, point)) : numberWords(template, name, value, given);
    // Bit fields share a register.
    for (const [i, word] of words.registers.entries()) {
      const at = point.register - block.register + i;
      registers[at] = (registers[at] as number) | word;
    }
    values[name] = words.value;
  }
  const missing = Object.entries(template.points).filter(([name, point]) => !Object.hasOwn(given, name) && isInside(point, block));
  return { reply: rtuReply(block, registers), values, missing: missing.map(([name]) => name) };
}

type Words = { readonly registers: readonly number[]; readonly value: FrameValue };

const isInside = (point: RegisterPoint, { table, register, count }: FrameBlock): boolean =>
  point.table === table && point.register >= register && point.register + registerLength(point) <= register + count;

const orderOf = (template: RegisterTemplate, point: RegisterPoint): ByteOrder => point.order ?? template.order;

function numberWords(template: RegisterTemplate, name: string, value: number | null, given: Readonly<Record<string, FrameValue>>): Words {
  const point = template.points[name] as RegisterPoint;
  const { type } = point;
  if (type === "string") throw new Error(`${name} is a text; give one`);
  const order = orderOf(template, point);
  if (value === null) return { registers: encode(sentinelOf(name, point), { type, order, scale: 1, offset: 0 }), value };
  const power = powerOf(name, point, given);
  const [lowest, highest] = point.bit === undefined ? (point.bits ?? [0, 63]) : [point.bit, point.bit];
  const scale = power < 0 ? point.scale / 10 ** -power : point.scale * 10 ** power;
  const wanted = rawOf(value, { type, order, scale, offset: point.offset });
  const isField = point.bit !== undefined || point.bits !== undefined;
  const field = isField ? Math.min(wanted, 2 ** (highest - lowest + 1) - 1) : wanted;
  const registers = encode(isField ? field * 2 ** lowest : wanted, { type, order, scale: 1, offset: 0 });
  if (!Number.isFinite(stored(field, type))) throw new Error(`${name}: no ${type} can hold ${value}`);
  return { registers, value: Number((stored(field, type) * scale + point.offset).toPrecision(12)) };
}

// A float holds the nearest one it can.
function stored(raw: number, type: RegisterPoint["type"]): number {
  if (type === "float16") return Math.f16round(raw);
  return type === "float32" ? Math.fround(raw) : raw;
}

function sentinelOf(name: string, { type, sentinels }: RegisterPoint): number {
  const raw = sentinels[0] ?? (type.startsWith("float") ? Number.NaN : undefined);
  if (raw === undefined) throw new Error(`${name} has no sentinel, so it cannot be null`);
  // -1 and 0xFFFF are the same bits: a manual may print either.
  const bits = type === "int16" ? 16 : type === "int32" ? 32 : 0;
  return bits > 0 && raw >= 2 ** (bits - 1) ? raw - 2 ** bits : raw;
}

function powerOf(name: string, { scale_factor }: RegisterPoint, given: Readonly<Record<string, FrameValue>>): number {
  if (scale_factor === undefined) return 0;
  const power = given[scale_factor];
  if (typeof power !== "number") throw new Error(`${name} needs its scale factor: give ${scale_factor}=… too`);
  return power;
}

// Two characters a register, the low byte first where the order swaps bytes; filled with NUL.
function textWords(point: RegisterPoint, text: string, order: ByteOrder): Words {
  if (point.type !== "string") throw new Error(`"${text}" is no number`);
  const length = registerLength(point);
  const bytes = Buffer.alloc(2 * length);
  if (Buffer.from(text, "ascii").copy(bytes) < text.length) throw new Error(`"${text}" is longer than ${2 * length} characters`);
  if (order === "BADC" || order === "DCBA") bytes.swap16();
  return { registers: Array.from({ length }, (_, i) => bytes.readUInt16BE(2 * i)), value: text };
}

// MODBUS over Serial Line V1.02 §2.5.1: unit, function, byte count, registers (high byte first), CRC (low byte first).
function rtuReply({ unit, table, count }: FrameBlock, registers: Uint16Array): string {
  const bytes = Buffer.alloc(5 + 2 * count);
  bytes.set([unit, table === "holding" ? 3 : 4, 2 * count]);
  for (const [i, word] of registers.entries()) bytes.writeUInt16BE(word, 3 + 2 * i);
  bytes.writeUInt16LE(crcOf(bytes.subarray(0, -2)), 3 + 2 * count);
  return (bytes.toString("hex").toUpperCase().match(/../g) ?? []).join(" ");
}

// CRC-16/MODBUS by table, another way than the agent's, bit by bit (§6.2.2).
const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc % 2 === 1 ? ((crc - 1) / 2) ^ 0xa001 : crc / 2;
  return crc;
});
const crcOf = (bytes: Uint8Array): number => bytes.reduce((crc, byte) => (crc >> 8) ^ (crcTable[(crc ^ byte) & 0xff] as number), 0xffff);
