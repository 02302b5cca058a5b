// Bundles of a trusted key with hostile graphs, against the real child process and the real model worker.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { after, test } from "node:test";
import { newSigningKey, parseSigningKey } from "@millwright/models/onnx/signing-key";
import { honestGraph, hostileGraphs } from "@millwright/models/onnx/test-support/hostile-graphs";
import { agentFault } from "../faults.ts";
import { startModelRunner } from "./model-runner.ts";
import { ModelVetting, type VettedBundles } from "./model-vetting.ts";
import { writeImported } from "./test-support/write-imported.ts";
import { vetInChild, vetLimits } from "./vet-in-child.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-vetting-"));
after(() => rmSync(dir, { recursive: true }));
const [boxKey, workshop, stranger] = ["box", "workshop", "stranger"].map((name) => parseSigningKey(newSigningKey(), name)) as [
  Key,
  Key,
  Key,
];
type Key = ReturnType<typeof parseSigningKey>;

// Short of the real ones, so that the test is; a busy machine must still let an honest bundle through.
const limits = { ...vetLimits, deadlineMs: 15_000, cpuSeconds: 2 };
const keys: [string, string][] = [[workshop.publicKey, "workshop"]];

// What the agent's state does, without a disk.
function remembering(known: readonly string[] = []): VettedBundles & { all: string[] } {
  const all = [...known];
  const opening = new Map<string, number>();
  return {
    all,
    has: (bundle) => all.includes(bundle),
    add: async (bundle) => void all.push(bundle),
    deaths: (bundle) => opening.get(bundle) ?? 0,
    opening: async (bundle) => void opening.set(bundle, 1 + (opening.get(bundle) ?? 0)),
    outlived: async (bundle) => void opening.delete(bundle),
  };
}

function runner(known: readonly string[] = []) {
  const vetted = remembering(known);
  const models = startModelRunner({ boxKey, trustedKeys: new Map(keys), vetted, vetLimits: limits });
  after(() => models.close());
  return { models, vetted: vetted.all };
}

test("every hostile graph is refused in the child, for its own reason, and the agent's loop does not wait", async (t) => {
  const { models } = runner();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let worstMs = 0;
  for (const { name, model, refusal } of hostileGraphs) {
    const folder = join(dir, "hostile");
    rmSync(folder, { recursive: true, force: true });
    await writeImported(folder, model, workshop);
    delay.reset();
    delay.enable();
    await assert.rejects(models.load({ key: "m", folder }), { code: "model_refused", message: refusal }, name);
    delay.disable();
    worstMs = Math.max(worstMs, delay.max / 1e6);
  }
  t.diagnostic(`the loop stood still for ${worstMs.toFixed(1)} ms at most`);
  assert.ok(worstMs < 250, `the loop stood still for ${worstMs} ms`);
});

test("an honest bundle of a trusted key passes once, is remembered, and scores; one of a stranger never gets as far as the child", async () => {
  const folder = join(dir, "honest");
  await writeImported(folder, honestGraph(), workshop);
  const first = runner();
  assert.equal((await first.models.load({ key: "m", folder })).manifest.id, "given");
  assert.equal(first.vetted.length, 1);
  const { score, contribution } = await first.models.ask({ kind: "score", key: "m", features: Float32Array.of(1, -2) });
  assert.deepEqual([score, [...contribution]], [3, [1, 2]]);

  const again = runner(first.vetted);
  const manifests = await Promise.all(["m", "n", "o"].map(async (key) => (await again.models.load({ key, folder })).manifest));
  // Machines that come together share what one of them opened.
  assert.ok(manifests.every((manifest) => manifest === manifests[0]));
  assert.equal(again.vetted.length, 1);

  await writeImported(folder, honestGraph(), stranger);
  await assert.rejects(again.models.load({ key: "m", folder }), /model_refused: signer_unknown/);
});

test("what was refused is not vetted again, and machines that share a bundle wait for one child", async () => {
  const folder = join(dir, "refused");
  const [hostile] = hostileGraphs;
  await writeImported(folder, hostile?.model ?? new Uint8Array(), workshop);
  const { models } = runner();
  const told = await Promise.allSettled(["a", "b", "c"].map((key) => models.load({ key, folder })));
  assert.deepEqual(
    told.map(({ status }) => status),
    ["rejected", "rejected", "rejected"],
  );
  await models.prepare(folder);
  await assert.rejects(models.load({ key: "a", folder }), /model_refused: .*operator Loop/);
});

test("a child that gets no memory to start in is started without that limit; one that is cancelled gives no verdict to keep", async () => {
  const folder = join(dir, "tight");
  await writeImported(folder, honestGraph(), workshop);
  assert.equal((await vetInChild({ folder, keys }, { ...limits, dataKb: 1_000 }).verdict).ok, true);
  const vetting = vetInChild({ folder, keys }, limits);
  vetting.cancel();
  assert.equal((await vetting.verdict).ok, false);
});

test("a bundle whose loading ends the model worker twice in succession is refused, the box's own too; one that ends the agent, for good", async () => {
  const dead = () => Promise.reject(agentFault("model_failed", "the model worker ended with 1"));
  const vetted = remembering();
  const vetting = new ModelVetting({ keys: new Map(keys), vetted });
  for (const isOwn of [true, false]) {
    const bundle = { bundleSha256: `bundle ${isOwn}`, isOwn };
    await vetted.add(bundle.bundleSha256);
    await assert.rejects(vetting.watch(bundle, dead));
    await vetting.watch(bundle, async () => {});
    await assert.rejects(vetting.watch(bundle, dead));
    await vetting.pass("folder", bundle);
    await assert.rejects(vetting.watch(bundle, dead));
    await assert.rejects(vetting.pass("folder", bundle), /loading it ended the model worker 2 times/);
    assert.equal(vetted.deaths(bundle.bundleSha256), 0);
  }
  const bundle = { bundleSha256: "deadly", isOwn: false };
  for (let start = 0; start < 3; start += 1) {
    const next = new ModelVetting({ keys: new Map(keys), vetted });
    await vetted.add(bundle.bundleSha256);
    await next.pass("folder", bundle);
    void next.watch(bundle, () => new Promise(() => {}));
  }
  await assert.rejects(new ModelVetting({ keys: new Map(keys), vetted }).pass("folder", bundle), /the agent ended 3 times/);
});
