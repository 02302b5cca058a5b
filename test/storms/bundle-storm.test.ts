import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../agent/src/registers/test-support/seeded.ts";
import { bundleStorm } from "./bundle-storm.ts";

test("two hundred flipped bits in all files of a signed bundle: each is refused", async () => {
  const { seed } = seeded("bundle storm");
  const { ok, counts } = await bundleStorm({ seed, flips: 200 });
  assert.ok(ok, JSON.stringify(counts));
  for (const file of ["card_md", "golden_csv", "manifest_json", "model_onnx", "signature_json"])
    assert.ok((counts[`refused_${file}`] ?? 0) > 5, JSON.stringify(counts));
});
