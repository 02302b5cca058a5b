// A clock that a test turns by hand.

export type HandClock = { monotonicMs(): number; turnTo(ms: number): void };

export function createHandClock(): HandClock {
  let nowMs = 0;
  return {
    monotonicMs: () => nowMs,
    turnTo(ms) {
      nowMs = ms;
    },
  };
}
