import { syntheticWear } from "../../evaluation/synthetic-wear.ts";
import { buildPrognosisBundle, type PrognosisBundle } from "../../onnx/build-prognosis-bundle.ts";
import { learnPrognosis, type Prognosis } from "../learn-prognosis.ts";

/** A prognosis of a few made-up machines (setting_1; point_1 and point_2 rise and fall with the wear, point_3 is noise), and its bundle; some seconds. */
export function smallPrognosis({ cycleMs, teachers = 40 }: { cycleMs?: number; teachers?: number } = {}): {
  prognosis: Prognosis;
  bundle: PrognosisBundle;
} {
  const units = syntheticWear({ units: teachers, seed: 1 });
  const prognosis = learnPrognosis(units, { horizons: [30], seed: 1 });
  const bundle = buildPrognosisBundle({
    prognosis,
    id: "small",
    version: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    seed: 1,
    units,
    settings: ["setting_1"],
    points: ["point_1", "point_2", "point_3"],
    trainingDataSha256: "0".repeat(64),
    measured: null,
    ...(cycleMs === undefined ? {} : { cycleMs }),
  });
  return { prognosis, bundle };
}
