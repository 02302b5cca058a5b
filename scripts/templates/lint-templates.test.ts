import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { templateFolder } from "@millwright/contract/template-folder";
import { formatIssue } from "@millwright/kit/yaml-file";
import { lintTemplates } from "./lint-templates.ts";
import { brokenTemplates, goodTemplate } from "./test-support/broken-templates.ts";

const root = mkdtempSync(join(tmpdir(), "millwright-templates-"));
after(() => rmSync(root, { recursive: true }));

function folderOf(name: string, text: string, file = "acme/meter.yaml"): string {
  const folder = join(root, name);
  mkdirSync(join(folder, "acme"), { recursive: true });
  writeFileSync(join(folder, file), text);
  return folder;
}

const linesOf = (folder: string): string[] =>
  lintTemplates([folder]).issues.map((issue) => formatIssue({ ...issue, file: relative(folder, issue.file) }));

test("every built-in template is good", () => {
  const { files, issues } = lintTemplates([fileURLToPath(templateFolder)]);
  assert.deepEqual(issues.map(formatIssue), []);
  assert.ok(files.length > 0);
});

test("a good template of all that can be said has no mistake", () => assert.deepEqual(linesOf(folderOf("good", goodTemplate)), []));

test("the example of docs/specs/templates.md is good", () => {
  const page = readFileSync(fileURLToPath(new URL("../../docs/specs/templates.md", import.meta.url)), "utf8");
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  assert.deepEqual(linesOf(folderOf("example", example, "acme/fm-20.yaml")), []);
});

for (const [i, { name, from, to, line }] of brokenTemplates.entries()) {
  test(`${name}: one line, at its place`, () => {
    assert.ok(goodTemplate.includes(from), `nothing to change: ${from}`);
    assert.deepEqual(linesOf(folderOf(`broken-${i}`, goodTemplate.replace(from, to))), [`acme/meter.yaml:${line}`]);
  });
}

test("a file that would never be found is named", () => {
  const folder = folderOf("stray", goodTemplate);
  writeFileSync(join(folder, "meter.yml"), "");
  assert.deepEqual(linesOf(folder), ["meter.yml  is no template: it must be <vendor>/<device>.yaml."]);
});

test("the program: exit code 0 and 1, lines or a document; a folder that is not there is a mistake", () => {
  const program = fileURLToPath(new URL("../lint-templates.ts", import.meta.url));
  const run = (...words: string[]) => spawnSync(process.execPath, [program, ...words], { encoding: "utf8" });
  const good = run(folderOf("program", goodTemplate));
  assert.deepEqual([good.status, good.stdout, good.stderr], [0, "1 template is good\n", ""]);
  const broken = run(folderOf("program-broken", goodTemplate.replace("trust: two_sources", "trust: hardware")), "--json");
  assert.equal(broken.status, 1);
  assert.deepEqual(
    (JSON.parse(broken.stdout) as { issues: { line: number }[] }).issues.map(({ line }) => line),
    [4],
  );
  const [nowhere, file] = [run(join(root, "nowhere")), run(program)];
  assert.deepEqual([nowhere.status, file.status], [2, 2]);
  assert.match(nowhere.stderr, /nowhere does not exist\. Give the folder that holds <vendor>\/<device>\.yaml\.\n/);
  assert.match(file.stderr, /is a file, not a folder\. Give the folder/);
  const empty = run(mkdtempSync(join(root, "empty-")));
  assert.equal(empty.status, 1);
  assert.match(empty.stdout, /empty-\w+ holds no templates \(<vendor>\/<device>\.yaml\)\n$/);
});
