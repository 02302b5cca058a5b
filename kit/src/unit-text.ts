// Units as templates and messages have them (UCUM codes, https://ucum.org/ucum) → what is printed on a gauge.
const printed: Readonly<Record<string, string>> = {
  "1": "",
  Cel: "°C",
  "[degF]": "°F",
  "m/s2": "m/s²",
  "L/min": "l/min",
  "m3/h": "m³/h",
  "/min": "rpm",
  "{rpm}": "rpm",
  "kW.h": "kWh",
  "kV.A": "kVA",
  "N.m": "N·m",
  Ohm: "Ω",
  deg: "°",
};

/** For people only; a program is given the code. A code that is not known here is printed as it is. */
export const unitText = (unit: string): string => (Object.hasOwn(printed, unit) ? (printed[unit] as string) : unit);
