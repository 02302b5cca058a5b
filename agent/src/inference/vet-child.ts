// The vetting child: a short-lived process that runs a bundle nobody here has run yet, and says whether it may be used. Its parent limits its
// memory and its time, and kills it. In: a VetRequest as JSON in argv[2]. Out, on stdout: a line that it has started, then its verdict.
import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { verifyBundle } from "@millwright/models/onnx/verify-bundle";
import { started, type Verdict, type VetRequest } from "./vet-messages.ts";

const attempts = [
  // The bus and the rows come first …
  () => setPriority(10),
  // … and where memory runs out all the same, Linux ends this process before any other.
  () => writeFileSync("/proc/self/oom_score_adj", "1000"),
];
for (const attempt of attempts) {
  try {
    attempt();
  } catch {
    // Not on this system; the limits of the parent remain.
  }
}

process.stdout.write(`${started}\n`);
const { folder, keys } = JSON.parse(process.argv[2] ?? "") as VetRequest;
const { checks, bundleSha256 } = await verifyBundle(folder, { keys: new Map(keys), others: "refuse" });
const failed = checks.find(({ ok }) => !ok);
const verdict: Verdict = failed === undefined ? { ok: true, bundleSha256 } : { ok: false, reason: `${failed.name}: ${failed.detail}` };
// onnxruntime's threads do not hold the process up.
process.stdout.write(`${JSON.stringify(verdict)}\n`, () => process.exit(0));
