// `millwright-sim wire`: tells a running simulator what its wire shall do, and prints its answer.
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { type Command, exitCode, requiredOption, UsageError } from "@millwright/kit/command-line";
import { messageOf } from "@millwright/kit/fault";
import { simFault } from "../faults.ts";

export const wireCommand: Command = {
  summary:
    'Set faults of the wire while a simulator runs: \'{"unit": 1, "faults": {"late": {"rate": 0.1, "ms": [120, 320]}}}\', \'{"unplug_ms": 500}\', \'{"disconnect": true}\', \'{"counts": true}\'.',
  words: "ORDER",
  options: { control: { type: "string", value: "PATH", help: "the --control of the simulator" } },
  async run({ values, words }) {
    const path = requiredOption(values, "control");
    if (words.length !== 1) throw new UsageError(`give one order, e.g. '{"unit": 1, "faults": {"crc": 0.05}}'`);
    const answer = await ask(path, (words[0] as string).replaceAll("\n", " "));
    process.stdout.write(`${answer}\n`);
    return (JSON.parse(answer) as { ok: boolean }).ok ? exitCode.ok : exitCode.failed;
  },
};

/** One line there, one line back. @throws Fault no_control */
async function ask(path: string, order: string): Promise<string> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    socket.write(`${order}\n`);
    for await (const line of createInterface(socket)) return line;
    throw new Error("the simulator closed the connection");
  } catch (error) {
    throw simFault("no_control", `no simulator answers at ${path}: ${messageOf(error)}. Start it with --control ${path}`, error);
  } finally {
    socket.destroy();
  }
}
