// `compare` of two prognoses, for a person.
import { counted } from "@millwright/kit/counted";
import type { PrognosisComparison } from "../evaluation/compare-prognoses.ts";
import { stretchInWords } from "./stretch-in-words.ts";

export type Names = { readonly a: string; readonly b: string };

export function prognosesInWords(comparison: PrognosisComparison, names: Names): string {
  const { units, cycles, both_cycles, life_difference: life, p_fail_difference, differ } = comparison;
  const apart =
    life === null
      ? "no cycle was forecast by both"
      : `where both forecast (${counted(both_cycles, "cycle")}) lives are ${life.mean_absolute} cycles apart (B − A ${signed(life.mean)} on average, ${life.largest} at most)${p_fail_difference
          .map(
            (one) => `, failure within ${counted(one.within_cycles, "cycle")} ${percent(one.mean_absolute)} (${signedPercent(one.mean)})`,
          )
          .join("")}`;
  const lines = differ.map(
    ({ unit, a, b, ...stretch }) =>
      `   ${unit === null ? "" : `unit ${unit}, `}${stretchInWords(stretch)}: A ${a}, B ${b} cycles left, one outside the other's interval\n`,
  );
  return `${counted(cycles, "cycle")} of ${units === 1 ? "one machine" : `${units} machines`}\n${side(comparison, names, "a")}${side(comparison, names, "b")}${apart}\n${lines.join("")}`;
}

function side(comparison: PrognosisComparison, names: Names, name: "a" | "b"): string {
  const { forecast_cycles, unavailable, life, mean_width, p_fail, against_ends: ends } = comparison[name];
  const silent = Object.entries(unavailable).map(([reason, count]) => `${count} ${reason.replaceAll("_", " ")}`);
  const head = `${name.toUpperCase()} ${names[name]}: ${counted(forecast_cycles, "cycle")} forecast${silent.length === 0 ? "" : `, not: ${silent.join(", ")}`}\n`;
  const risks = p_fail.map(
    (one) => `; failure within ${counted(one.within_cycles, "cycle")} ${percent(one.mean)} on average, ${percent(one.max)} at most`,
  );
  const lives =
    life === null
      ? ""
      : `   remaining life p10 ${life.p10}, p50 ${life.p50}, p90 ${life.p90} cycles, interval ${mean_width} wide${risks.join("")}\n`;
  if (ends === null) return head + lives;
  const fails = ends.p_fail.map(
    ({ within_cycles, skill, ece }) =>
      `; failure within ${counted(within_cycles, "cycle")}: Brier skill ${skill ?? "not known (all or none fail so soon)"}, calibration error ${ece}`,
  );
  return `${head}${lives}   against ${ends.units === 1 ? "the end of one machine" : `the ends of ${ends.units} machines`} (${counted(ends.cycles, "cycle")}): RMSE ${ends.rmse_capped} (lives up to ${comparison.cap_cycles}), raw ${ends.rmse_raw}; the interval holds ${percent(ends.interval_holds)}${fails.join("")}\n`;
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value)}`;
const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;
const signedPercent = (share: number): string => `B − A ${signed(Number((100 * share).toFixed(1)))} points`;
