// Whether this Node and this processor can run the agent, and whether its native parts load. They are loaded in a child process: one that
// crashes while it loads takes nothing with it.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import packageJson from "../../../package.json" with { type: "json" };
import { type Finding, fail, ok } from "./finding.ts";

const leastNode = 24;
const architectures = ["x64", "arm64"];
const loadMs = 20_000;
const agentFolder = fileURLToPath(new URL("../../../", import.meta.url));

export function checkNode(
  { version, arch }: { version: string; arch: string } = { version: process.versions.node, arch: process.arch },
): Finding[] {
  const isNew = Number.parseInt(version, 10) >= leastNode;
  const isKnown = architectures.includes(arch);
  return [
    isNew
      ? ok("node", `Node ${version}`)
      : fail(
          "node",
          `Node ${version} is too old`,
          `Install Node ${leastNode} or newer; \`npm ci\` in the repository brings one of its own.`,
        ),
    isKnown
      ? ok("processor", arch)
      : fail(
          "processor",
          `${arch} is not supported`,
          `The model runtime is made for ${architectures.join(" and ")}. Use a 64-bit box and a 64-bit system.`,
        ),
  ];
}

export async function checkNative(): Promise<Finding[]> {
  const { "onnxruntime-node": onnx, serialport } = packageJson.dependencies;
  return Promise.all([
    load("model runtime", "onnxruntime-node", onnx, "Models cannot run; limits would still alarm."),
    load("serial runtime", "serialport", serialport, "No serial port can be opened; network buses would still work."),
  ]);
}

async function load(check: string, name: string, version: string, without: string): Promise<Finding> {
  const error = await loadInChild(name);
  if (error === null) return ok(check, `${name} ${version} loads`);
  return fail(
    check,
    `${name} does not load: ${error}. ${without}`,
    "Install again with `npm ci` on this very kind of machine (glibc, not musl; the same processor).",
  );
}

function loadInChild(name: string): Promise<string | null> {
  const words = ["--input-type=module", "--eval", `await import(${JSON.stringify(name)})`];
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd: agentFolder, timeout: loadMs }, (error, _, stderr) => {
      if (error === null) resolve(null);
      else resolve(/^\w*Error.*$/m.exec(stderr)?.[0] ?? (error.killed === true ? "it hangs" : error.message.split("\n")[0]) ?? "");
    });
  });
}
