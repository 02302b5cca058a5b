// Readings of a few registers, one after the other: as many registers as the device gives at this address, at most four.
import { setTimeout as sleep } from "node:timers/promises";
import type { RegisterTable } from "@millwright/contract/register-template";
import type { ReadOutcome, ReadRequest } from "../../registers/read-outcome.ts";
import { failureText } from "../devices/device-failure.ts";
import { probedRegisters } from "./rank-candidates.ts";

export type Probed = {
  /** Wire address. */
  readonly address: number;
  /** Readings of the registers from the address on; empty where it gave none. */
  readonly samples: number[][];
  /** Why there is none; null where there is one. */
  failure: string | null;
  /** There was not even a connection. */
  isUnreachable: boolean;
};

export type Sampling = {
  readonly read: (request: ReadRequest) => Promise<ReadOutcome>;
  readonly unit: number;
  readonly table: RegisterTable;
  readonly addresses: readonly number[];
  readonly samples: number;
  /** Real ms from one reading to the next. */
  readonly everyMs: number;
  readonly onSample: (done: number) => void;
};

/** Where a longer read is refused, a shorter one may not be. */
const lengthsToTry = [probedRegisters, 2, 1];

/** Never rejects. A reading that fails is left out. */
export async function readSamples({ read, unit, table, addresses, samples, everyMs, onSample }: Sampling): Promise<Probed[]> {
  const probed = addresses.map((address) => ({ address, samples: [], failure: null, isUnreachable: false }) as Probed);
  const lengths = new Map<number, number>();
  for (let n = 1; n <= samples; n++) {
    const startMs = performance.now();
    for (const one of probed) await take(one);
    onSample(n);
    // Where nothing answers, more readings would tell nothing more.
    if (probed.every((one) => one.samples.length === 0)) break;
    if (n < samples) await sleep(Math.max(0, startMs + everyMs - performance.now()));
  }
  return probed;

  async function take(one: Probed): Promise<void> {
    const known = lengths.get(one.address);
    const counts = known === undefined ? lengthsToTry.filter((count) => one.address + count <= 65_536) : [known];
    for (const count of counts) {
      const outcome = await read({ unit, table, address: one.address, count });
      if (outcome.ok) {
        lengths.set(one.address, count);
        one.samples.push([...outcome.reply]);
        one.failure = null;
        return;
      }
      if (one.samples.length === 0) {
        one.failure = failureText(outcome.detail, outcome.exception);
        one.isUnreachable = outcome.code === "bus_unreachable";
      }
      if (outcome.exception !== 2 && outcome.exception !== 3) return;
    }
  }
}
