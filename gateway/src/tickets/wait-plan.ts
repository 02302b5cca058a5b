// What if the work waits, and the machine goes on under another load until then: risk, and what is left afterwards, in words a technician can act on.
// In: the forecast a machine's box told. Out: figures and words, with everything that was taken for granted. Pure.
import type { Horizon, LifeForecast } from "@millwright/contract/forecast";
import { failureCurve } from "@millwright/models/prognosis/failure-curve";
import { ballBearingExponent, planLife } from "@millwright/models/prognosis/load-plan";
import { spanText } from "./amounts.ts";
import { cyclesText, type KnownLife, percent, uncalibratedText } from "./forecast-text.ts";

/** `duration`: in the unit of the forecast's life, ms or cycles. `load`: a share of the load of now; 0 stands still. */
export type Wait = { readonly duration: number; readonly load: number };

export type WaitPlan = {
  /** What comes of it. */
  readonly text: string;
  /** What it rests on. */
  readonly basis: string;
  /** null: the forecast does not look so far ahead. */
  readonly p_fail: number | null;
  readonly p_fail_at_present_load: number | null;
  /** At the load of now, once it has waited; in the unit of the forecast. */
  readonly left: { readonly low: number; readonly middle: number; readonly high: number };
  readonly exponent: number;
};

/** @returns null where there is no forecast to ask */
export function planWait({ remaining_life: life, p_fail: fails }: LifeForecast, wait: Wait): WaitPlan | null {
  if (life.status === "unavailable") return null;
  const exponent = life.load?.exponent ?? ballBearingExponent;
  const curve = failureCurve({
    low: life.low,
    middle: life.middle,
    high: life.high,
    quantiles: [(1 - life.coverage) / 2, (1 + life.coverage) / 2],
    cap: life.cap ?? Number.POSITIVE_INFINITY,
    trained: anchorsOf(life, fails.status === "available" ? fails.horizons : []),
  });
  const within = (time: number): number | null => curve(time)?.p ?? null;
  const { wear, pFail, pFailAtPresentLoad, after } = planLife({ ...life, within }, [wait], exponent);
  const found = { pFail, pFailAtPresentLoad, left: after.middle, wear };
  return {
    text: planText(life, wait, found),
    basis: basisText(life, wait, exponent),
    p_fail: pFail,
    p_fail_at_present_load: pFailAtPresentLoad,
    left: after,
    exponent,
  };
}

// What was told of horizons lies on the curve of the box. The middle of its own wear does so, too, however far its high end is.
function anchorsOf({ basis, middle }: KnownLife, horizons: readonly Horizon[]): { within: number; p: number }[] {
  const told = horizons.map((one) => ({ within: "within_ms" in one ? one.within_ms : one.within_cycles, p: one.p }));
  return basis === "health_index" ? [...told, { within: middle, p: 0.5 }] : told;
}

type Found = { pFail: number | null; pFailAtPresentLoad: number | null; left: number; wear: number };

function planText(life: KnownLife, { duration, load }: Wait, { pFail, pFailAtPresentLoad: asNow, left, wear }: Found): string {
  const amount = life.unit === "cycles" ? cyclesText : spanText;
  const wait = `${amount(duration)} ${load === 1 ? "at the load of now" : `at ${Math.round(100 * load)}\u00a0% of the load of now`}`;
  if (wear === 0) return `Standing still for ${amount(duration)} it does not wear: what is said of it now holds when it starts again.`;
  if (pFail === null) return `What happens within ${wait} cannot be told: the forecast does not look so far ahead.`;
  const instead =
    load === 1
      ? ""
      : asNow === null
        ? " At the load of now it cannot be told so far ahead."
        : ` At the load of now it would be ${percent(asNow)}.`;
  const risk = `Risk that it fails within ${wait}: ${percent(pFail)}.${instead}`;
  if (pFail > 0.5) return `${risk} It is more likely than not that it fails before.`;
  const isBeyond = life.cap !== null && life.middle >= 0.98 * life.cap;
  const rest = `${isBeyond ? `${amount(left)} or more` : `about ${amount(left)}`}${life.unit === "ms" ? " of running" : ""}`;
  return left > 0 ? `${risk} Then ${rest} at the load of now would be left.` : risk;
}

function basisText({ unit, load: known, calibration }: KnownLife, { load }: Wait, exponent: number): string {
  const law =
    known === undefined
      ? `The box does not know this machine's load: the load of now is whatever it carried of late. That wear goes with load^${exponent} holds for ball bearings (ISO 281) and was not measured here: a seal or a belt does not follow it.`
      : `Its load is ${known.point}. Its box is told that wear goes with load^${exponent}.`;
  const going = load === 1 ? "It is taken to go on as it ran of late." : law;
  const running = unit === "ms" && load > 0 ? " It is taken to run all the time until then." : "";
  const trust =
    calibration === "uncalibrated" ? uncalibratedText : "Between the horizons the model was trained for the risk is interpolated.";
  return `${going}${running} ${trust}`;
}
