import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as v from "valibot";
import { nearest } from "./nearest.ts";
import { formatIssue, parseYaml, readYamlFile } from "./yaml-file.ts";

const schema = v.strictObject({
  version: v.literal(1),
  buses: v.record(v.string(), v.strictObject({ tcp: v.string(), timeout: v.optional(v.number(), 1) })),
  kind: v.optional(
    v.variant("kind", [v.strictObject({ kind: v.literal("a"), port: v.number() }), v.strictObject({ kind: v.literal("b") })]),
  ),
});

function lines(text: string): string[] {
  const result = parseYaml(text, "f.yaml", schema);
  return result.ok ? [] : result.issues.map(formatIssue);
}

test("a good file gives its value, defaults filled in", () => {
  const result = parseYaml("version: 1\nbuses: { rig: { tcp: a:1 } }\n", "f.yaml", schema);
  assert.ok(result.ok);
  assert.deepEqual(result.value, { version: 1, buses: { rig: { tcp: "a:1", timeout: 1 } } });
  assert.equal(formatIssue(result.locate(["buses", "rig", "tcp"], "is no good")), "f.yaml:2:22  is no good");
});

test("each mistake has its place and its remedy", () => {
  assert.deepEqual(lines("version: 1\nbuses: { rig: { tcp: 5, timout: 3 } }\n"), [
    "f.yaml:2:22  buses.rig.tcp must be text, not 5",
    'f.yaml:2:25  unknown key "timout". Did you mean "timeout"?',
  ]);
  assert.deepEqual(lines("version: 1\n"), ["f.yaml:1:1  buses is missing. Add it."]);
  assert.deepEqual(lines("version: 2\nbuses: {}\n"), ["f.yaml:1:10  version must be 1, not 2"]);
  assert.deepEqual(lines("version: 1\nbuses: {}\nkind: { kind: c }\n"), ['f.yaml:3:15  kind.kind must be "a" or "b", not "c"']);
  assert.deepEqual(lines(""), ["f.yaml:1:1  is empty. Write the configuration into it."]);
});

test("limits, whole numbers and variants are said in words", () => {
  const limited = v.strictObject({
    retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5))),
    only: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
    scale: v.optional(
      v.pipe(
        v.number(),
        v.check((n) => n !== 0, "must not be 0"),
      ),
    ),
    broker: v.optional(
      v.variant("kind", [
        v.strictObject({ kind: v.literal("embedded"), port: v.number() }),
        v.strictObject({ kind: v.literal("external"), url: v.string() }),
      ]),
    ),
  });
  const first = (text: string): string => {
    const result = parseYaml(text, "f", limited);
    return result.ok ? "" : formatIssue(result.issues[0] ?? { file: "", line: 1, column: 1, message: "" });
  };
  assert.equal(first("retries: 99\n"), "f:1:10  retries must be 5 or less, not 99");
  assert.equal(first("retries: 1.5\n"), "f:1:10  retries must be a whole number, not 1.5");
  assert.equal(first("retries: .inf\n"), "f:1:10  retries must be a whole number, not Infinity");
  assert.equal(first("only: []\n"), "f:1:7  only needs 1 or more");
  assert.equal(first("scale: 0\n"), "f:1:8  scale must not be 0");
  assert.equal(first("broker: { kind: embedded, port: 1, url: x }\n"), 'f:1:36  unknown key "url". Known here: kind, port');
});

test("where a list or one entry may stand, a mistake in a list is told of its entry alone", () => {
  const Entry = v.strictObject({ name: v.string() });
  const schema = v.strictObject({ entries: v.union([v.array(Entry), Entry]) });
  const lines = (text: string): string[] => {
    const read = parseYaml(text, "x.yaml", schema);
    return read.ok ? [] : read.issues.map(formatIssue);
  };
  assert.deepEqual(lines("entries: [{ name: a }]"), []);
  assert.deepEqual(lines("entries: [{ name: 1 }]"), ["x.yaml:1:19  entries.0.name must be text, not 1"]);
  assert.deepEqual(lines("entries: { name: 1 }"), ["x.yaml:1:18  entries.name must be text, not 1"]);
  assert.deepEqual(lines("entries: 1"), ["x.yaml:1:10  entries must be a list or a mapping (name: value), not 1"]);
});

test("what is not YAML, stands twice or grows without end is one clear line", () => {
  assert.match(lines("version: 1\nversion: 1\n")[0] ?? "", /^f.yaml:2:1 {2}this name stands here twice/);
  assert.match(lines("buses: [1\n")[0] ?? "", /^f.yaml:\d+:\d+ {2}not valid YAML/);
  assert.match(lines("\tversion: 1\n")[0] ?? "", /^f.yaml:1:\d+ {2}/);
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
    .split("")
    .map((k, i) => `${k}: &${k} [${`*${"abcdefgh"[i]},`.repeat(9)}]`)
    .join("\n")}\n`;
  assert.match(lines(bomb)[0] ?? "", /aliases/);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});

test("a file that is not there says so", () => {
  const result = readYamlFile("/nowhere/f.yaml", schema);
  assert.ok(!result.ok);
  assert.equal(
    formatIssue(result.issues[0] ?? { file: "", line: 1, column: 1, message: "" }),
    "/nowhere/f.yaml  does not exist. Give the path of a file that does.",
  );
});

test("nearest finds slips of the finger, not strangers", () => {
  assert.equal(nearest("banner/qm42vt3", ["banner/qm42vt2", "abb/acs580"]), "banner/qm42vt2");
  assert.equal(nearest("zzz", ["banner/qm42vt2"]), undefined);
});

test("a file without an end, or larger than one may be, is not read whole", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "millwright-yaml-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const large = join(folder, "large.yaml");
  writeFileSync(large, "é".repeat(3 * 1024 * 1024));
  for (const file of ["/dev/zero", large]) {
    const result = readYamlFile(file, schema);
    assert.deepEqual(!result.ok && result.issues.map(formatIssue), [`${file}:1:1  is larger than 4194304 bytes. Is it the right file?`]);
  }
});
