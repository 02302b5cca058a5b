// A 15 kW, 4-pole induction motor on 400 V, 50 Hz: shaft power → speed, current, losses. Pure.
// Slip and active current grow with load; magnetising current does not, so that the current of an idle motor is not 0.

const synchronousRpm = 1500;
const ratedKw = 15;
const ratedSlip = 0.027;
const efficiency = 0.9;
const magnetisingA = 11;
const lineV = 400;

export type MotorState = { rpm: number; currentA: number; lossKw: number };

/** @param voltage line voltage as a part of rated. */
export function motorAt({ shaftKw, voltage }: { shaftKw: number; voltage: number }): MotorState {
  const load = shaftKw / ratedKw;
  const electricKw = shaftKw / efficiency;
  const activeA = (electricKw * 1000) / (Math.sqrt(3) * lineV * voltage);
  return {
    rpm: synchronousRpm * (1 - (ratedSlip * load) / (voltage * voltage)),
    currentA: Math.hypot(activeA, magnetisingA * voltage),
    lossKw: electricKw - shaftKw,
  };
}
