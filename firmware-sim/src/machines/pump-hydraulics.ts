// A centrifugal pump against its pipework: where the pump curve meets the system curve. Pure; heads in m, flows in m3/h, powers in kW.
// Pump: H = n² H0 − a Q² (affinity laws: Q ~ n, H ~ n², P ~ n³). System: H = Hstatic + k Q² / opening².
// Source of the relations: J. F. Gülich, Centrifugal Pumps, 3rd ed. (affinity laws, parabolic curves); the figures are a plausible 15 kW pump.

export const pump = {
  ratedRpm: 1460,
  ratedFlow: 100,
  shutOffHead: 40,
  /** m per (m3/h)². At rated flow the head is 32 m. */
  curveFall: 8e-4,
  staticHead: 12,
  /** m per (m3/h)², valve fully open. */
  pipeLoss: 2e-3,
  bestEfficiency: 0.76,
} as const;

const gravity = 9.81;
const waterDensity = 998;

export type DutyPoint = { flow: number; head: number; efficiency: number; shaftKw: number };

/** @param opening of the control valve, above 0, 1 = rated. @param extraShaftKw friction that is no part of the pump's efficiency. */
export function dutyPoint({ rpm, opening, extraShaftKw }: { rpm: number; opening: number; extraShaftKw: number }): DutyPoint {
  const n = rpm / pump.ratedRpm;
  const headroom = n * n * pump.shutOffHead - pump.staticHead;
  const flow = Math.sqrt(Math.max(0, headroom) / (pump.curveFall + pump.pipeLoss / (opening * opening)));
  const head = n * n * pump.shutOffHead - pump.curveFall * flow * flow;
  const offBest = n > 0 ? flow / (n * pump.ratedFlow) - 1 : -1;
  const efficiency = pump.bestEfficiency * Math.max(0.1, 1 - offBest * offBest);
  const hydraulicKw = (waterDensity * gravity * head * flow) / 3.6e6;
  return { flow, head, efficiency, shaftKw: hydraulicKw / efficiency + extraShaftKw };
}

/** Pressure of a head of water, bar. */
export const barOf = (headM: number): number => (waterDensity * gravity * headM) / 1e5;
