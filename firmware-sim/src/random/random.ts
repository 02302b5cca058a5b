// Seeded random numbers: the same seed gives the same plant on every machine.
// Generator: sfc32 of Chris Doty-Humphrey's PractRand 0.95 (public domain), 128 bits of state. Seed text: FNV-1a, 32 bits (Fowler, Noll, Vo).

/** A uniform number in [0, 1), 32 bits fine. */
export type Random = () => number;

/** @param seed any text; different texts give independent streams, e.g. `7/P-101/noise`. */
export function createRandom(seed: string): Random {
  let a = fnv1a(`a${seed}`);
  let b = fnv1a(`b${seed}`);
  let c = fnv1a(`c${seed}`);
  let counter = 1;
  const next: Random = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 12; i++) next(); // PractRand mixes a fresh seed with 12 rounds.
  return next;
}

/** A standard normal number (Box and Muller, 1958). Uses two uniform ones. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A whole number from `low` to `high`, both possible. */
export function wholeBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}
