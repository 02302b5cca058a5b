// The seed of a test run: printed, and taken from MILLWRIGHT_SEED, so that a failure can be run again.

/** @returns the seed and a random source in [0, 1) (mulberry32). */
export function seeded(name: string): { seed: number; random: () => number } {
  const seed = Number(process.env["MILLWRIGHT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`${name}: MILLWRIGHT_SEED=${seed}\n`);
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { seed, random };
}
