import { parseDuration } from "@millwright/contract/duration";
import { type Command, exitCode, numberOption, requiredOption, UsageError, type Values } from "@millwright/kit/command-line";
import { counted } from "@millwright/kit/counted";
import { fileOption } from "@millwright/kit/file-trouble";
import { forecastByBundle, forecastByWear, type HistoryForecast } from "../evaluation/forecast-history.ts";
import { readHistory } from "../evaluation/read-history.ts";
import { readBundleFiles } from "../onnx/bundle-files.ts";
import { prognosisBundleOf } from "../onnx/read-prognosis-bundle.ts";
import { ballBearingExponent, planLife } from "../prognosis/load-plan.ts";
import { bundleFolder } from "./bundle-word.ts";

const defaultHorizons = "24h,7d,30d";

export const forecastCommand: Command = {
  summary: "Says how long a machine lives from the end of its history on, how likely it fails, and what if it waits under another load.",
  options: {
    bundle: {
      type: "string",
      value: "DIR",
      help: "a prognosis of machines that ran to failure; the history must begin with the machine's life. Or:",
    },
    "wear-of": { type: "string", value: "POINT", help: "the machine's own wear, towards --limit; uncalibrated" },
    limit: { type: "string", value: "N", help: "above which the machine may not run, in the unit of the point" },
    history: { type: "string", value: "FILE.csv", help: "rows of the machine: datetime, then a column per point" },
    horizons: { type: "string", value: "LIST", help: `how far ahead, at the load of now (default ${defaultHorizons})` },
    load: { type: "string", value: "SHARE", help: "what if it goes on at this share of the load of now (0.5: half) …" },
    until: { type: "string", value: "TIME", help: "… until this time (2026-12-04T17:00:00Z)" },
    exponent: {
      type: "string",
      value: "N",
      help: `wear goes with load to this power (with --load-point: learned; else ${ballBearingExponent}, ball bearings by ISO 281)`,
    },
    "load-point": { type: "string", value: "POINT", help: "the column that says the load, for --wear-of" },
  },
  examples: [
    "--wear-of vibration_rms_de --limit 7.1 --history p-101.csv --load-point power --load 0.5 --until 2026-12-04T17:00:00Z",
    "--bundle models/turbofan --history engine-7.csv --load 0.5 --until 2026-12-04T17:00:00Z",
  ],
  async run({ values, isJson }) {
    const { history, found, exponent, origin } = await asked(values);
    const { life, perCycleMs } = found;
    const nowMs = history.at(-1)?.atMs ?? 0;
    const chance = (ms: number) => ({ within_ms: ms, p: life.within(ms) });
    const report = {
      at: new Date(nowMs).toISOString(),
      remaining_ms: { middle: life.middle, low: life.low, high: life.high },
      ms_per_cycle: perCycleMs,
      p_fail: horizonsOf(values).map(chance),
      calibration: values["bundle"] === undefined ? "uncalibrated" : "interpolated but for the trained horizons",
      plan: planOf(values, life, nowMs, exponent, origin),
    };
    process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : inWords(report));
    return exitCode.ok;
  },
};

async function asked(values: Values) {
  const file = fileOption(values, "history");
  const recording = readHistory(file);
  const history = recording.rows;
  const stated = values["exponent"] === undefined ? null : numberOption(values, "exponent", { min: 0, max: 12, fallback: 0 });
  const [bundle, point] = [values["bundle"], values["wear-of"]];
  if ((bundle === undefined) === (point === undefined)) throw new UsageError("give either --bundle DIR or --wear-of POINT");
  if (typeof bundle === "string") {
    const found = await forecastByBundle(prognosisBundleOf(await readBundleFiles(bundleFolder(bundle)), bundle), recording);
    return { history, found, exponent: stated ?? ballBearingExponent, origin: stated === null ? "ISO 281, ball bearings" : "stated" };
  }
  const load = values["load-point"] === undefined ? null : requiredOption(values, "load-point");
  requiredOption(values, "limit");
  const limit = numberOption(values, "limit", { min: -1e300, max: 1e300, fallback: 0 });
  const found: HistoryForecast & { exponent: number | null; isLearned: boolean } = forecastByWear(recording, {
    point: String(point),
    limit,
    load,
    exponent: stated,
  });
  const origin = found.isLearned ? "learned from the history" : stated === null ? "ISO 281, ball bearings" : "stated";
  return { history, found, exponent: found.exponent ?? stated ?? ballBearingExponent, origin };
}

function horizonsOf(values: Values): number[] {
  const text = String(values["horizons"] ?? defaultHorizons);
  return text.split(",").map((one) => {
    const ms = parseDuration(one.trim());
    if (ms === null) throw new UsageError(`--horizons must be durations such as ${defaultHorizons}, not "${one}"`);
    return ms;
  });
}

function planOf(values: Values, life: HistoryForecast["life"], nowMs: number, exponent: number, origin: string) {
  if ((values["load"] === undefined) !== (values["until"] === undefined)) throw new UsageError("--load and --until belong together");
  if (values["load"] === undefined) return null;
  const load = numberOption(values, "load", { min: 0, max: 10, fallback: 1 });
  const untilMs = Date.parse(String(values["until"]));
  if (!(untilMs > nowMs)) throw new UsageError(`--until must be a time after the history's last row, ${new Date(nowMs).toISOString()}`);
  const { pFail, pFailAtPresentLoad, after } = planLife(life, [{ duration: untilMs - nowMs, load }], exponent);
  return {
    until: new Date(untilMs).toISOString(),
    load,
    exponent,
    exponent_from: origin,
    p_fail: pFail,
    p_fail_at_present_load: pFailAtPresentLoad,
    remaining_ms_after: after,
  };
}

type Report = {
  at: string;
  remaining_ms: { middle: number; low: number; high: number };
  ms_per_cycle: number | null;
  p_fail: { within_ms: number; p: number | null }[];
  calibration: string;
  plan: ReturnType<typeof planOf>;
};

function inWords({ at, remaining_ms: life, ms_per_cycle: perCycle, p_fail, calibration, plan }: Report): string {
  const cycles = perCycle === null ? "" : ` (${counted(Math.round(life.middle / perCycle), "cycle")} of ${hours(perCycle)})`;
  const lines = [
    `at ${at}: remaining life about ${hours(life.middle)}${cycles}, 90 %: ${hours(life.low)} to ${hours(life.high)}`,
    `risk of failure at the load of now: ${p_fail.map(({ within_ms, p }) => `within ${hours(within_ms)}: ${percent(p)}`).join(", ")} (${calibration})`,
  ];
  if (plan !== null)
    lines.push(
      `until ${plan.until} at ${plan.load} of the load of now (wear ~ load^${plan.exponent}, ${plan.exponent_from}): risk ${percent(plan.p_fail)} instead of ${percent(plan.p_fail_at_present_load)}; then about ${hours(plan.remaining_ms_after.middle)} are left`,
    );
  return `${lines.join("\n")}\n`;
}

const hours = (ms: number): string => `${Number((ms / 3_600_000).toPrecision(3))} h`;
const percent = (p: number | null): string => (p === null ? "not known" : `${Number((100 * p).toPrecision(2))} %`);
