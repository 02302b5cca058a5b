import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { formatIssue, nearest, parseYaml, readYamlFile } from "./yaml-file.ts";

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
  assert.deepEqual(lines(""), ["f.yaml:1:1  is empty"]);
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
