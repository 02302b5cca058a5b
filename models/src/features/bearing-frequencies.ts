// How often the parts of a rolling bearing meet a defect, per turn of the shaft (outer ring still, inner ring turning). T. A. Harris, Rolling Bearing
// Analysis, 4th ed., 2001; R. B. Randall and J. Antoni, Rolling element bearing diagnostics – a tutorial, MSSP 25 (2011).
// Without slip: real bearings differ by 1–2 % (same). Pure.

export type BearingGeometry = {
  /** Rolling elements of one row. */
  readonly rollers: number;
  /** Diameter of a rolling element, and of the circle on which their centres lie; the same unit. */
  readonly rollerMm: number;
  readonly pitchMm: number;
  /** Contact angle, degrees; 0 for deep groove and cylindrical roller bearings under radial load. */
  readonly contactDeg: number;
};

/** Multiples of the shaft's frequency. */
export type BearingOrders = {
  /** Rolling elements passing a point of the outer race, and of the inner race. */
  readonly bpfo: number;
  readonly bpfi: number;
  /** Turns of a rolling element; a defect on it meets both races, twice a turn. */
  readonly bsf: number;
  /** Turns of the cage. */
  readonly ftf: number;
};

/** @throws RangeError for a geometry that no bearing has */
export function bearingOrders({ rollers, rollerMm, pitchMm, contactDeg }: BearingGeometry): BearingOrders {
  if (!(rollers >= 3 && rollerMm > 0 && pitchMm > rollerMm && contactDeg >= 0 && contactDeg < 90))
    throw new RangeError(`no bearing has ${rollers} rollers of ${rollerMm} mm on a circle of ${pitchMm} mm at ${contactDeg}°`);
  const ratio = (rollerMm / pitchMm) * Math.cos((contactDeg * Math.PI) / 180);
  return {
    bpfo: (rollers / 2) * (1 - ratio),
    bpfi: (rollers / 2) * (1 + ratio),
    bsf: (pitchMm / (2 * rollerMm)) * (1 - ratio * ratio),
    ftf: (1 - ratio) / 2,
  };
}
