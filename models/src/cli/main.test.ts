import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { GraphBuilder } from "../onnx/graph-builder.ts";
import { hostileGraphs } from "../onnx/test-support/hostile-graphs.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-models-"));
after(() => rmSync(dir, { recursive: true }));
const program = fileURLToPath(new URL("main.ts", import.meta.url));
const run = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { encoding: "utf8", env: { ...process.env, XDG_CONFIG_HOME: join(dir, "config") } });

/** A made-up recording in SKAB's layout; the fault begins at row 600. */
function recording(seed: number): string {
  const { points, rows } = syntheticRows({ seed, rows: 900, faultAt: 600, faultRows: 30 });
  const lines = rows.map(({ atMs, values }, row) =>
    [new Date(atMs).toISOString().slice(0, 19).replace("T", " "), ...values, Number(row >= 600), Number(row === 600)].join(";"),
  );
  return [["datetime", ...points.map(({ name }) => name), "anomaly", "changepoint"].join(";"), ...lines].join("\n");
}

test("eval prints one JSON document, and writes rows from which its figures can be computed again", () => {
  mkdirSync(join(dir, "set/valve2"), { recursive: true });
  writeFileSync(join(dir, "set/valve2/0.csv"), recording(1));
  const { stdout, status, stderr } = run("eval", "skab", "--data", join(dir, "set"), "--json", "--rows", join(dir, "rows.csv"));
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual([report.set, report.files], ["skab", 1]);
  const rows = readFileSync(join(dir, "rows.csv"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  assert.deepEqual(rows[0], ["file", "row", "truth", "alarm", "score", "changepoint"]);
  const count = (truth: string, alarm: string) => rows.filter((row) => row[2] === truth && row[3] === alarm).length;
  const f1 = (2 * count("1", "1")) / (2 * count("1", "1") + count("0", "1") + count("1", "0"));
  assert.ok(Math.abs(f1 - report.f1) < 1e-4 && f1 > 0.8, `${f1}`);
});

test("train writes a bundle that verify accepts, with the same model from the same rows; a damaged one fails", () => {
  const file = join(dir, "pump.csv");
  writeFileSync(file, recording(2));
  const train = (out: string) =>
    JSON.parse(run("train", file, "--rows", "400", "--class", "centrifugal-pump", "--out", join(dir, out), "--json").stdout);
  assert.equal(train("a").model_sha256, train("b").model_sha256);
  assert.equal(run("verify", join(dir, "a")).status, 0);
  writeFileSync(join(dir, "a/model.onnx"), "broken");
  const { status, stdout } = run("verify", join(dir, "a"));
  assert.equal(status, 1);
  assert.match(stdout, /^FAILED {2}signature: bundle_changed/);
});

test("keygen, sign, verify and card: a known signer is said to be known, a stranger is refused with --trust, a new card is signed again", () => {
  const file = join(dir, "signed.csv");
  writeFileSync(file, recording(3));
  const bundle = join(dir, "signed");
  const keyFile = join(dir, "key.pem");
  const { public_key: key } = JSON.parse(run("keygen", "--out", keyFile, "--json").stdout);
  assert.equal(run("keygen", "--out", keyFile).status, 3);
  assert.equal(run("train", file, "--rows", "400", "--out", bundle, "--key", keyFile).status, 0);
  assert.match(run("train", file, "--rows", "400", "--out", bundle, "--key", keyFile).stderr, /holds a bundle already/);
  assert.match(run("verify", bundle).stdout, /^ok {6}signature: signed by [0-9a-f]{16} \(unknown\)/);
  assert.match(run("verify", bundle, "--trust", `workshop=${key}`).stdout, /\(known: workshop\)/);
  assert.match(run("verify", bundle, "--trust", `x=ed25519:${"ab".repeat(32)}`).stdout, /^FAILED {2}signature: signer_unknown/);
  const card = run("card", bundle, "--write", "--key", keyFile).stdout;
  for (const part of ["Purpose", "Who may rely on it", "Signals", "Trained on", "Protocol and figures", "Limits"])
    assert.match(card, new RegExp(`\\*\\*${part}\\*\\*: .`));
  writeFileSync(join(bundle, "notes.txt"), "one file more");
  assert.match(run("verify", bundle).stdout, /notes\.txt does not belong to the bundle/);
  assert.equal(run("sign", bundle, "--key", keyFile).status, 0);
  assert.equal(run("verify", bundle).status, 0);
});

const partOf = (columns: string): string => `id: flow-z
machine_class: centrifugal-pump
purpose: notices when flow or vibration leave their band.
limitations: knows nothing of the load.
relied_on_by: the reliability engineer of line 1.
producer: the tests of millwright-models
period: 1s
points:
  - { name: flow, unit: m3/h, mean: 100, spread: 3, longest_still_rows: 5 }
  - { name: vibration, unit: mm/s, mean: 5, spread: 0.5 }
columns: [${columns}]
`;

test("import wraps a graph with the scores of its maker; a column we do not compute, and a graph that may not run, are told with their place", () => {
  const graph = new GraphBuilder();
  const off = graph.node("Sub", ["features", graph.floats("mean", [100, 5], [2])]);
  graph.node("Div", [graph.node("Abs", [off]), graph.floats("limit", [12, 2], [2])], {}, "contribution");
  graph.node("ReduceSum", ["contribution", graph.integers("axis", [1])], { keepdims: 0 }, "score");
  const shapes = { inputs: { features: ["N", 2] }, outputs: { score: ["N"], contribution: ["N", 2] } };
  const [onnx, part, golden, out] = ["z.onnx", "z.yaml", "golden.csv", "imported"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
    string,
  ];
  writeFileSync(onnx, graph.build({ name: "z", ...shapes }));
  writeFileSync(part, partOf('"flow:value", "vibration:ewma"'));
  writeFileSync(golden, "score,flow:value,vibration:ewma\n1,112,5\n1.5,94,7\n");
  const wrap = (...more: string[]) => run("import", onnx, "--manifest", part, "--out", out, ...more);
  const { stdout, stderr } = wrap("--golden", golden, "--json");
  assert.equal(JSON.parse(stdout).columns, 2, stderr);
  assert.equal(run("verify", out).status, 0);
  assert.match(wrap().stderr, /holds a bundle already/);
  rmSync(out, { recursive: true });

  writeFileSync(golden, "score,flow:value,vibration:ewma\n1,112,5\n2,94,7\n");
  assert.match(wrap("--golden", golden).stderr, /golden\.csv:3: the model scores 1\.5 instead of 2/);
  writeFileSync(part, partOf('"flow:value", "vibration:mean"'));
  assert.match(
    wrap().stderr,
    /z\.yaml:11:25: "vibration:mean" is no feature here: of this point there are: vibration:value, vibration:lag1/,
  );
  writeFileSync(part, partOf('"flow:value", "vibration:ewma"'));
  for (const name of ["six gigabytes out of allowed operators", "NaN"]) {
    const hostile = hostileGraphs.find((one) => one.name === name);
    writeFileSync(onnx, hostile?.model ?? "");
    const { status, stderr } = wrap();
    assert.equal(status, 3, name);
    assert.match(stderr, /\[(model_not_allowed|session_failed|model_too_slow)\]\n$/, name);
  }
});

test("a file or a folder that is named and not there: which one, what to do, exit code 2, and no word of the operating system's", () => {
  const [nowhere, file] = [join(dir, "nowhere"), join(dir, "here.csv")];
  writeFileSync(file, recording(2));
  const bundle = join(dir, "a-bundle");
  mkdirSync(bundle);
  for (const [command, missing] of [
    [`card ${nowhere}`, nowhere],
    [`sign ${nowhere}`, nowhere],
    [`verify ${nowhere}`, nowhere],
    [`verify ${file}`, file],
    [`compare ${nowhere} ${bundle} --history ${file}`, nowhere],
    [`compare ${bundle} ${bundle} --history ${nowhere}`, nowhere],
    [`drift ${nowhere} --history ${file}`, nowhere],
    [`explain ${nowhere} --history ${file} --row 3`, nowhere],
    [`forecast --bundle ${nowhere} --history ${file}`, nowhere],
    [`forecast --wear-of flow --limit 3 --history ${nowhere}`, nowhere],
    [`assess ${file} --events ${nowhere} --costs ${file}`, nowhere],
    [`train ${nowhere} --out ${join(dir, "out")}`, nowhere],
    [`train ${file} --verdicts ${nowhere} --out ${join(dir, "out")}`, nowhere],
    [`import ${file} --manifest ${nowhere} --out ${join(dir, "out")}`, nowhere],
    [`eval nab --data ${nowhere}`, nowhere],
  ] as const) {
    const { status, stderr } = run(...command.split(" "));
    assert.equal(status, 2, `${command}\n${stderr}`);
    assert.match(stderr, new RegExp(`${missing} (does not exist|is a file, not a folder)\\. (Give|Name) `), command);
    assert.doesNotMatch(stderr, /ENOENT|ENOTDIR/);
  }
});

test("bad input is one line that says what, where and what to do", () => {
  const line = (...args: string[]) =>
    run(...args)
      .stderr.trim()
      .split("\n")
      .at(-1) ?? "";
  mkdirSync(join(dir, "empty"));
  assert.match(line("eval", "skab", "--data", join(dir, "empty")), /holds none of valve1\/, valve2\/, other\/ with .csv files/);
  mkdirSync(join(dir, "bad/valve1"), { recursive: true });
  writeFileSync(join(dir, "bad/valve1/x.csv"), "datetime;a;anomaly\n2020-01-01 00:00:00;one;0\n");
  assert.match(line("eval", "skab", "--data", join(dir, "bad")), /x\.csv:2:21: "one" is not a number; mend it/);
  assert.equal(run("eval", "skab", "--data", join(dir, "empty")).status, 3);
  assert.equal(run("eval", "mars").status, 2);
  assert.equal(run("--help").status, 0);
});
