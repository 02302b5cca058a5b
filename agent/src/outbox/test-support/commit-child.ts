// A process that commits as fast as it can until it is killed: each of four machines goes on from its committed state, and every commit holds
// one record and the state that counts it. Arguments: folder. Prints `<machine> <n>` after each durable commit.
import { join } from "node:path";
import { openTestOutbox, telemetry } from "./outbox-fixture.ts";

const folder = process.argv[2] as string;
const outbox = await openTestOutbox(folder, { ledgerFile: join(folder, "ledger.jsonl"), maxBytes: 1e9 });
await Promise.all(
  ["m0", "m1", "m2", "m3"].map(async (machine, index) => {
    let n = Number((await outbox.machineState(machine)) ?? 0);
    for (;;) {
      n += 1;
      await outbox.commit({
        records: [telemetry(n * 10 + index)],
        states: [{ machine, json: String(n) }],
        learningRows: [{ machine, atMs: n, body: String(n) }],
      });
      process.stdout.write(`${machine} ${n}\n`);
    }
  }),
);
