// One connection to one device: our bus with decoded and qualified values against a C client on libmodbus that only reads, interleaved.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type BenchRow, benchRow } from "../bench-row.ts";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const requests = 20_000;

type Ran = { requests: number; seconds: number };

export async function compareClients(runs: number, say: (text: string) => void): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "millwright-bench-"));
  const server = spawn(process.execPath, [here("register-server.ts")], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = (await once(createInterface(server.stdout), "line")) as [string];
    const peer = compile(folder, say);
    const ours = (count: number, inFlight: number): number =>
      rate(process.execPath, [
        here("our-client.ts"),
        "127.0.0.1",
        port,
        String(count),
        String(requests * (inFlight > 1 ? 8 : 1)),
        String(inFlight),
      ]);
    const theirs = (count: number): number[] => (peer === null ? [] : [rate(peer, ["127.0.0.1", port, String(count), String(requests)])]);
    const figures = { ours10: [], ours125: [], ours16: [], peer10: [], peer125: [] } as Record<string, number[]>;
    for (let run = 1; run <= runs; run++) {
      figures["peer10"]?.push(...theirs(10));
      figures["ours10"]?.push(ours(10, 1));
      figures["peer125"]?.push(...theirs(125));
      figures["ours125"]?.push(ours(125, 1));
      figures["ours16"]?.push(ours(10, 16));
      say(`clients: run ${run} of ${runs}`);
    }
    const row = (name: string, own: string, rival: string, atLeast: number): BenchRow =>
      benchRow({
        name,
        unit: "requests/s",
        ours: figures[own] ?? [],
        rival: { name: "libmodbus (C)", figures: figures[rival] ?? [] },
        goal: { atLeast },
      });
    return [
      row("one connection, one in flight, 10 registers", "ours10", "peer10", 0.85),
      row("one connection, one in flight, 125 registers", "ours125", "peer125", 0.75),
      row("one connection, 16 in flight, 10 registers, against one in flight", "ours16", "peer10", 5),
    ];
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

/** @returns the C client's path; null where there is no compiler or no libmodbus (Debian: gcc libc6-dev libmodbus-dev). */
function compile(folder: string, say: (text: string) => void): string | null {
  const file = join(folder, "libmodbus-client");
  try {
    execFileSync("cc", ["-O2", here("libmodbus-client.c"), "-I/usr/include/modbus", "-lmodbus", "-o", file], { stdio: "pipe" });
    return file;
  } catch (error) {
    say(`no C client: ${String(error).split("\n")[0]}; it needs Debian's gcc and libmodbus-dev`);
    return null;
  }
}

function rate(program: string, args: readonly string[]): number {
  const ran = JSON.parse(execFileSync(program, args, { encoding: "utf8" })) as Ran;
  return ran.requests / ran.seconds;
}
