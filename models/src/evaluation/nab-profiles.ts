// What the Numenta Anomaly Benchmark charges: three profiles (its config/profiles.json), and its scale: 0 = detect nothing, 100 = everything
// at once. Shared by the benchmark itself and by SKAB's changepoints, which borrow both.

/** A hit is worth at most 1; `falseOne` and `miss` are what one of each costs. */
export type NabPrices = { readonly falseOne: number; readonly miss: number };
export type NabProfile = "standard" | "low_fp" | "low_fn";
export type NabFigures = Readonly<Record<NabProfile, number>>;

export const nabPrices: Readonly<Record<NabProfile, NabPrices>> = {
  standard: { falseOne: 0.11, miss: 1 },
  low_fp: { falseOne: 0.22, miss: 1 },
  low_fn: { falseOne: 0.11, miss: 2 },
};

/** The same figure under each profile. */
export const byProfile = (figure: (price: NabPrices) => number): NabFigures => ({
  standard: figure(nabPrices.standard),
  low_fp: figure(nabPrices.low_fp),
  low_fn: figure(nabPrices.low_fn),
});

/** @returns percent of the way from a detector that is silent to a perfect one; 0 when there is nothing to find */
export const normalisedScore = (earned: number, windows: number, { miss }: NabPrices): number =>
  windows === 0 ? 0 : (100 * (earned + windows * miss)) / (windows + windows * miss);
