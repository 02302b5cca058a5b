// A centrifugal pump with its motor, in the middle of a working day. In: time, ailments, noise. Out: what its sensors show. Pure.
import { normal } from "../random/random.ts";
import { severityOf } from "./ailment.ts";
import { lag, wander } from "./first-order.ts";
import { motorAt } from "./induction-motor.ts";
import type { MachineKind, StepInput } from "./machine-kind.ts";
import { barOf, dutyPoint, pump } from "./pump-hydraulics.ts";

export type PumpState = {
  timeMs: number;
  /** Where in the filling cycle it began, ms; so that two pumps are not in step. */
  phaseMs: number;
  /** Opening of the control valve, 1 = rated, and the slow part of what the process asks for. */
  opening: number;
  demand: number;
  ambientC: number;
  voltage: number;
  rpm: number;
  currentA: number;
  flow: number;
  headM: number;
  /** True values, without sensor noise: mm/s and °C. */
  vibrationDe: number;
  vibrationNde: number;
  bearingDeC: number;
  bearingNdeC: number;
  motorC: number;
  /** What the sensors show of all that. */
  shown: Record<string, number>;
};

const minuteMs = 60_000;
// A tank is filled and draws less: the process asks for more and for less water, over and over.
const cycle = { lengthMs: 3 * minuteMs, highPart: 0.6, high: 1.06, low: 0.88 } as const;
// What bearing wear does at severity 1.
const worn = { vibrationDe: 11, vibrationNde: 2.5, frictionKw: 0.5, bearingDeC: 34, bearingNdeC: 4 } as const;

export const centrifugalPump: MachineKind<PumpState> = {
  template: "sim/centrifugal-pump",
  counter: "update",
  start(random) {
    const phaseMs = Math.floor(random() * cycle.lengthMs);
    const cold: PumpState = {
      timeMs: 0,
      phaseMs,
      opening: 1,
      demand: 0,
      ambientC: 24,
      voltage: 1,
      rpm: pump.ratedRpm,
      currentA: 0,
      flow: 0,
      headM: 0,
      vibrationDe: 1.7,
      vibrationNde: 1.2,
      bearingDeC: 24,
      bearingNdeC: 24,
      motorC: 24,
      shown: {},
    };
    let state = cold; // Warm up: two hours in steps of ten seconds, then begin to count.
    for (let i = 0; i < 720; i++) state = centrifugalPump.step(state, { dtMs: 10_000, ailments: [], random });
    return centrifugalPump.step({ ...state, timeMs: 0, phaseMs }, { dtMs: 0, ailments: [], random });
  },
  step(state, input) {
    const { dtMs, ailments, random } = input;
    const timeMs = state.timeMs + dtMs;
    const wear = severityOf(ailments, "bearing_wear", timeMs);
    const process = stepProcess(state, timeMs, input);
    // The motor's speed answers the load within a step; last step's speed is near enough to find the load.
    const duty = dutyPoint({ rpm: state.rpm, opening: process.opening, extraShaftKw: wear * worn.frictionKw });
    const motor = motorAt({ shaftKw: duty.shaftKw, voltage: process.voltage });
    const moved = { ...state, ...process, timeMs, rpm: motor.rpm, currentA: motor.currentA, flow: duty.flow, headM: duty.head };
    const shaken = { ...moved, ...stepVibration(moved, wear, input) };
    const warmed = { ...shaken, ...stepHeat(shaken, { wear, dtMs, lossKw: motor.lossKw }) };
    return { ...warmed, shown: sense(warmed, wear, random) };
  },
  points: (state) => state.shown,
};

function stepProcess(state: PumpState, timeMs: number, { dtMs, random }: StepInput) {
  const part = ((timeMs + state.phaseMs) % cycle.lengthMs) / cycle.lengthMs;
  const demand = wander(state.demand, { dtMs, timeConstantMs: minuteMs, sigma: 0.025, random });
  const asked = (part < cycle.highPart ? cycle.high : cycle.low) + demand;
  return {
    demand,
    opening: Math.max(0.3, lag(state.opening, asked, dtMs, 8_000)),
    ambientC: 24 + wander(state.ambientC - 24, { dtMs, timeConstantMs: 20 * minuteMs, sigma: 0.12, random }),
    voltage: 1 + wander(state.voltage - 1, { dtMs, timeConstantMs: 2 * minuteMs, sigma: 0.004, random }),
  };
}

// Vibration velocity grows with speed and, away from the best point, with flow; ISO 20816 calls 1.2 to 2 mm/s good for this size.
function stepVibration({ flow, rpm, vibrationDe, vibrationNde }: PumpState, wear: number, { dtMs, random }: StepInput) {
  const offBest = flow / pump.ratedFlow - 1;
  const level = (rpm / pump.ratedRpm) ** 2 * (1 + 2.5 * offBest * offBest);
  const rough = 1 + 0.03 * normal(random) * (1 + 3 * wear);
  return {
    vibrationDe: lag(vibrationDe, (1.7 * level + worn.vibrationDe * wear) * rough, dtMs, 2_000),
    vibrationNde: lag(vibrationNde, (1.2 * level + worn.vibrationNde * wear) * rough, dtMs, 2_000),
  };
}

function stepHeat(state: PumpState, { wear, dtMs, lossKw }: { wear: number; dtMs: number; lossKw: number }) {
  const { ambientC, rpm, bearingDeC, bearingNdeC, motorC } = state;
  const friction = rpm / pump.ratedRpm;
  return {
    bearingDeC: lag(bearingDeC, ambientC + 26 * friction + worn.bearingDeC * wear, dtMs, 4 * minuteMs),
    bearingNdeC: lag(bearingNdeC, ambientC + 22 * friction + worn.bearingNdeC * wear, dtMs, 4 * minuteMs),
    motorC: lag(motorC, ambientC + 32 * lossKw, dtMs, 12 * minuteMs),
  };
}

function sense(state: PumpState, wear: number, random: StepInput["random"]): Record<string, number> {
  const noisy = (value: number, sigma: number): number => value + sigma * normal(random);
  const suction = 0.9 - 0.3 * (state.flow / pump.ratedFlow) ** 2;
  return {
    speed_rpm: noisy(state.rpm, 1),
    current_a: noisy(state.currentA, 0.08),
    suction_pressure: noisy(suction, 0.006),
    discharge_pressure: noisy(suction + barOf(state.headM), 0.012),
    flow: noisy(state.flow, 0.4),
    vibration_rms_de: Math.max(0, noisy(state.vibrationDe, 0.05 * (1 + wear))),
    vibration_rms_nde: Math.max(0, noisy(state.vibrationNde, 0.04)),
    bearing_temperature_de: noisy(state.bearingDeC, 0.2),
    bearing_temperature_nde: noisy(state.bearingNdeC, 0.2),
    motor_temperature: noisy(state.motorC, 0.25),
  };
}
