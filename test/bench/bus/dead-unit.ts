// What one dead unit costs the others of its RTU line: 29 units asked one after the other as fast as the line lets us, alone, and with a 30th among
// them that never answers. Two lines at the same time, as what else the machine does costs both the same. The simulator paces ptys at 19200 8E1.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Bus } from "@millwright/agent/registers/bus";
import { modbusRtu } from "@millwright/agent/registers/modbus-rtu";
import type { ReadRequest } from "@millwright/agent/registers/read-outcome";
import type { SerialLine } from "@millwright/agent/registers/serial-line";
import { startProgram } from "../../../scripts/processes/child-program.ts";
import { programs } from "../../../scripts/processes/programs.ts";
import { type BenchRow, benchRow } from "../bench-row.ts";

const living = 29;
const timeoutMs = 100;
/** In which the bus finds out that the unit is dead: an agent runs for years. */
const settleMs = 10_000;
const settings = { baud: 19_200, dataBits: 8, parity: "even", stopBits: 1, sendEnable: "driver" } as const;
const names = ["one", "other"] as const;
const byName = (make: (name: string) => object): object => Object.fromEntries(names.map((name) => [name, make(name)]));

export async function deadUnit({ runs, seconds, say }: { runs: number; seconds: number; say: (text: string) => void }): Promise<BenchRow> {
  const folder = mkdtempSync(join(tmpdir(), "millwright-bench-"));
  const lineAt = (name: string): SerialLine => ({ ...settings, path: join(folder, name) });
  const scenario = join(folder, "scenario.yaml");
  const plant = {
    lines: byName((name) => ({ pty: lineAt(name).path, baud: settings.baud, parity: settings.parity, turnaround: "2ms" })),
    machines: byName((line) => ({ kind: "addresses", line, unit: 1, copies: living })),
  };
  writeFileSync(scenario, JSON.stringify(plant)); // JSON is YAML.
  const sim = startProgram("sim", programs.sim, ["plant", "--scenario", scenario, "--json"]);
  try {
    await sim.waitFor("ready", 20_000);
    const [withDead, alone]: [number[], number[]] = [[], []];
    for (let round = 0; round < runs; round++) {
      const [one, other] = round % 2 === 0 ? names : names.toReversed();
      const rates = await Promise.all([rateOf(lineAt(one), living, seconds), rateOf(lineAt(other), living + 1, seconds)]);
      alone.push(rates[0]);
      withDead.push(rates[1]);
      say(
        `dead unit, run ${round + 1} of ${runs}: ${withDead.at(-1)?.toFixed(2)} reads/s of the others, ${alone.at(-1)?.toFixed(2)} without it`,
      );
    }
    return benchRow({
      name: "one dead unit of 30 on an RTU line: reads of the others",
      unit: "reads/s",
      ours: withDead,
      rival: { name: "a line without it", figures: alone },
      goal: { atLeast: 0.98 },
    });
  } finally {
    await sim.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Good reads a second of the living units, while all are asked in turn. */
async function rateOf(line: SerialLine, units: number, seconds: number): Promise<number> {
  const bus = new Bus<ReadRequest, Uint16Array>({ name: "rs485", open: modbusRtu(line), timeoutMs, retries: 1 });
  const ask = async (unit: number): Promise<boolean> => (await bus.read({ unit, table: "holding", address: 0, count: 10 })).ok;
  const askAll = async (untilMs: number): Promise<number> => {
    let good = 0;
    while (performance.now() < untilMs) for (let unit = 1; unit <= units; unit++) if (await ask(unit)) good++;
    return good;
  };
  await askAll(performance.now() + settleMs);
  const startMs = performance.now();
  const good = await askAll(startMs + 1_000 * seconds);
  const rate = (1_000 * good) / (performance.now() - startMs);
  await bus.close();
  return rate;
}
