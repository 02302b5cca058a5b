// Whether registers lie where registers can be: wire addresses 0 to 65535.
import type { ConfigReport, Path } from "./config-report.ts";

const lastAddress = 65_535;

/** @param what is read there, for the message: `float32 (2 registers)`. */
export function checkPlace(
  { base, register, length }: { base: number; register: number; length: number },
  what: string,
  path: Path,
  report: ConfigReport,
): void {
  const last = register - base + length - 1;
  if (register < base)
    report.error(path, `${register} is before the first register, which is 1 here (base: 1). Use the manual's number, or base: 0.`);
  else if (last > lastAddress)
    report.error(path, `${register} is out of range: ${what} would end at register ${last + base}, the last one is ${lastAddress + base}.`);
}
