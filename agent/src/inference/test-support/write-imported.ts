// A bundle around any bytes, signed by whom one likes: what a hostile workshop with a trusted key could send.
import { ModelImport } from "@millwright/contract/model-import";
import { goldenCsv } from "@millwright/models/onnx/golden-vectors";
import { sha256 } from "@millwright/models/onnx/hashes";
import { importedManifest, importedSchema } from "@millwright/models/onnx/imported-manifest";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import type { SigningKey } from "@millwright/models/onnx/signing-key";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import * as v from "valibot";

/** Two points, `a` and `b`; golden vectors say that the score is the sum of their absolute values. */
export async function writeImported(folder: string, model: Uint8Array, key: SigningKey): Promise<void> {
  const part = v.parse(ModelImport, {
    id: "given",
    machine_class: "other",
    purpose: "a test",
    limitations: "a test",
    relied_on_by: "nobody",
    producer: "a test",
    period: "1s",
    points: [
      { name: "a", mean: 1, spread: 1 },
      { name: "b", mean: 1, spread: 1 },
    ],
    columns: ["a:value", "b:value"],
  });
  const schema = importedSchema(part);
  if (!schema.ok) throw new Error(schema.unknown.why);
  const golden = goldenCsv([
    { features: Float32Array.of(1, 2), score: 3 },
    { features: Float32Array.of(-4, 2), score: 6 },
  ]);
  const manifest = importedManifest(part, {
    features: schema.schema,
    model_sha256: sha256(model),
    golden_sha256: sha256(golden),
    created_at: "2026-01-01T00:00:00.000Z",
  });
  await writeBundle(folder, { manifest, model, golden, card: "# given\n" });
  await signBundle(folder, key);
}
