// card.md of a prognosis: what a person should know before planning work by it. Facts of the manifest only, so that it can be made again from it.
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { counted } from "@millwright/kit/counted";
import { cycleSettings, featureSettings, learningSettings } from "../settings.ts";

/** @returns Markdown: purpose, who may rely on it, horizons, signals, training data, method, protocol and figures, limits */
export function prognosisCard(manifest: PrognosisManifest): string {
  const { id, version, rows, seed, horizons_cycles: horizons, life, features, created_at, parent } = manifest;
  const lowest = Math.round(100 * (life.quantiles[0] ?? 0));
  const sections = [
    `# ${id} (version ${version})`,
    `**Purpose**: says how many cycles a machine like those it learned from will still run (low, middle, high), and how probable its failure within ${horizons.join(", ")} cycles is.`,
    "**Who may rely on it**: a planner who decides *when* to do work that is going to be done, and a technician who decides which of many machines to look at first. **Do not use** it as the only safeguard against a failure that hurts somebody, for another kind of machine, or for one that was not fed from its first cycle on.",
    `**Horizons**: failure within ${horizons.join(", ")} cycles, each a model of its own. Remaining life up to ${life.cap_cycles} cycles: longer lives are not told apart, and a forecast of ${life.cap_cycles} means *at least that*. Cycles are ${features.cycle_ms === undefined ? "the machine's (a flight, a batch, an hour); the card cannot turn them into days" : `${features.cycle_ms / 1_000} s of running time`}.`,
    `**Signals**: ${features.cycle_ms === undefined ? "one row a cycle" : `means of ${features.cycle_ms / 1_000} s of running time, one a cycle`}.\n\n${signalTable(manifest)}`,
    `**Trained on**: ${counted(rows.units, "unit")} that ran to failure, ${counted(rows.learned, "cycle")}, seed ${seed}. Created ${created_at}${parent === null ? "" : `, after the model \`${parent.slice(0, 12)}…\``}. Hash of the rows: \`${manifest.training_data_sha256}\`.`,
    `**Method**: gradient-boosted trees over ${features.columns} causal features of ${counted(features.live.length, "point")} and ${features.indices.length} linear wear indices, in ${features.conditions.conditions.length} operating condition(s). The interval is that between the ${lowest} % and ${100 - lowest} % quantiles, ${life.margin_cycles < 0 ? "narrowed" : "widened"} by ${Math.abs(life.margin_cycles).toFixed(1)} cycles on either side (a mean: the lives told have margins of their own), as learned from units the quantiles had not seen, and meant to hold the (capped) life in ${Math.round(100 * life.coverage)} of 100 cases. \`millwright-models explain\` says what each signal adds to a forecast (Shapley values of the trees).`,
    `**Protocol and figures**: ${measuredOf(manifest)}`,
    `**Limits**: it knows the ways of failing that its ${counted(rows.units, "unit")} showed, and no other. Units that were repaired, or whose failure was prevented, were not among them. ${whenSilent(manifest)} Figures on few units are rough: of 100 units, a share of 90 % is known to ± 6.`,
    `Model \`${manifest.model_sha256}\`, features \`${manifest.feature_schema_sha256}\`.`,
  ];
  return `${sections.join("\n\n")}\n`;
}

/** As prognosis-stream.ts has it: by the same settings. */
function whenSilent({ features: { settings } }: PrognosisManifest): string {
  const share = (of: number): string => `${Math.round(100 * of)} %`;
  const { maxGapPeriods, badWindowRows } = featureSettings;
  const unknown = `a setting (${settings.join(", ")}) has no good value or is further than ${share(cycleSettings.sameCondition)} of its range (of 1, where that is less) from every operating condition it learned, `;
  return `It gives no figure, and says why, for a cycle in which ${settings.length === 0 ? "" : unknown}a used signal has had no good value for more than ${maxGapPeriods} cycles or never had one, or more than ${share(learningSettings.maxBadShare)} of the values of the last ${badWindowRows} cycles are bad. Shorter gaps are bridged with the last good value. Signals beyond what its units showed are taken for the outermost that they did, without a word.`;
}

function measuredOf({ measured }: PrognosisManifest): string {
  if (measured === undefined)
    return "not measured on other units: there were none whose end is known. docs/decisions/0010-prognosis-trees.md has figures of the method, cross-validated.";
  const figures = Object.entries(measured.figures).map(([name, value]) => `| ${name.replaceAll("_", " ")} | ${round(value)} |`);
  return `${measured.protocol}.\n\n| figure | reached |\n| --- | --- |\n${figures.join("\n")}`;
}

/** Settings with the range of the conditions' centres; points with their means over the conditions. */
function signalTable({ features: { settings, points, live, conditions } }: PrognosisManifest): string {
  const range = (values: readonly number[]): string => {
    const [low, high] = [round(Math.min(...values)), round(Math.max(...values))];
    return low === high ? low : `${low} to ${high}`;
  };
  const ofSettings = settings.map((name, s) => {
    const centres = conditions.conditions.map(({ centre }) => centre[s] as number);
    return `| ${name} | ${range(centres)} | tells the operating condition |`;
  });
  const ofPoints = points.map((name, p) => {
    const means = conditions.conditions.map(({ mean }) => mean[p] as number);
    return `| ${name} | ${range(means)} | ${live.includes(p) ? "yes" : "no: it did not move in training"} |`;
  });
  return `| signal | usual, by condition | used |\n| --- | --- | --- |\n${[...ofSettings, ...ofPoints].join("\n")}`;
}

const round = (value: number): string => Number(value.toPrecision(4)).toString();
