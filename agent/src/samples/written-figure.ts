// A number as it is written down: with the digits it has, not with those it got on its way. A float32 register that shows 49.123457 becomes the double
// 49.123456954956055; 234 × 0.1 becomes 23.400000000000002. A third of a row's text is such digits, and every one of them goes over the line, onto the disk
// and onto a page. Pure.

/** Decimal digits a float32 has for sure, and those that tell any two of them apart (IEEE 754-2019, 5.12.2); those a double has for sure. */
const [float32Sure, float32Most, doubleSure] = [7, 9, 15];
/** Of 15 digits of a number that was computed, the rest is rounding: within so many units of its last place. */
const computedUlps = 4;
const powersOfTen = Array.from({ length: 23 }, (_, n) => 10 ** n);

/**
 * @returns the same float32 in as few digits as it takes, where it is one; otherwise the same number but for what rounding added;
 * whole numbers, and a float32 with three decimals or fewer, as they are
 */
export function writtenFigure(value: number): number {
  if (Number.isInteger(value) || !Number.isFinite(value)) return value;
  const place = placeOf(Math.abs(value));
  if (Math.fround(value) !== value) {
    const short = withDigits(value, doubleSure - 1 - place);
    return Math.abs(short - value) <= computedUlps * Number.EPSILON * Math.abs(value) ? short : value;
  }
  // With three decimals or fewer it is short as it is, and may be a counter's 1732735375 × 0.001, which is a float32 by chance.
  if (Number.isInteger(value * 1_000)) return value;
  for (let digits = float32Sure; digits <= float32Most; digits += 1) {
    const short = withDigits(value, digits - 1 - place);
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** Of the first digit: 0 for 1 to 9.99. */
function placeOf(size: number): number {
  if (size < 1) return Math.floor(Math.log10(size));
  let place = 0;
  while (place < powersOfTen.length - 1 && size >= (powersOfTen[place + 1] as number)) place += 1;
  return place;
}

// What is too small for a power of ten that is exact stays as it is.
function withDigits(value: number, decimals: number): number {
  const power = powersOfTen[decimals];
  return power === undefined ? value : Math.round(value * power) / power;
}
