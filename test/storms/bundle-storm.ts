// Storm "bundle": a bundle that this box learned and signed, with one bit flipped at a time, each asked for as the agent's model worker asks.
// What must hold: every flip is refused, in whichever file it is; the bundle as it was is taken before and after.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { syntheticRows } from "@millwright/models/evaluation/synthetic-rows";
import { buildBundle } from "@millwright/models/onnx/build-bundle";
import { trainingDataHash } from "@millwright/models/onnx/hashes";
import { readSignedBundle, type Trust } from "@millwright/models/onnx/read-signed-bundle";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { newSigningKey, parseSigningKey, type SigningKey } from "@millwright/models/onnx/signing-key";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import { createRandom, type Random, wholeBetween } from "../../firmware-sim/src/random/random.ts";
import type { StormVerdict } from "./kill-storm.ts";

export type BundleStormOptions = { seed: number; flips: number };

export async function bundleStorm({ seed, flips }: BundleStormOptions): Promise<StormVerdict> {
  const folder = mkdtempSync(join(tmpdir(), "millwright-storm-"));
  try {
    const key = parseSigningKey(newSigningKey(), "the storm's key");
    await learnBundle(folder, key, seed);
    const trust: Trust = { keys: new Map([[key.publicKey, "this box"]]), others: "refuse" };
    const wholeBefore = await isTaken(folder, trust);
    const { taken, refused } = await flipBits(folder, { trust, flips, random: createRandom(`${seed}/bundle`) });
    const wholeAfter = await isTaken(folder, trust);
    const sum = Object.values(refused).reduce((total, n) => total + n, 0);
    return {
      storm: "bundle",
      seed,
      ok: taken === 0 && sum === flips && wholeBefore && wholeAfter,
      counts: {
        flips,
        refused: sum,
        taken,
        whole_taken: Number(wholeBefore) + Number(wholeAfter),
        ...Object.fromEntries(Object.entries(refused).map(([file, n]) => [`refused_${file.replace(".", "_")}`, n])),
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function learnBundle(folder: string, key: SigningKey, seed: number): Promise<void> {
  const { points, rows } = syntheticRows({ seed: seed + 1, rows: 400 });
  const learned = learnDetector({ points, periodMs: 1_000, rows });
  if (!learned.ok) throw new Error(`the storm learns nothing: ${learned.reason}`);
  const about = { id: "storm", version: 1, createdAt: "2026-01-01T00:00:00.000Z", machineClass: "other" } as const;
  await writeBundle(folder, buildBundle({ ...learned, ...about, trainingDataSha256: trainingDataHash(rows) }));
  await signBundle(folder, key);
}

// Half of the flips fall on a byte drawn evenly from all bytes; half on one of a file drawn evenly, so that the small files get their share.
async function flipBits(folder: string, { trust, flips, random }: { trust: Trust; flips: number; random: Random }) {
  const files = readdirSync(folder)
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const refused: Record<string, number> = Object.fromEntries(files.map(({ name }) => [name, 0]));
  let taken = 0;
  for (let flip = 0; flip < flips; flip += 1) {
    const { name, bytes } =
      flip % 2 === 0 ? fileAt(files, wholeBetween(random, 0, total - 1)) : (files[wholeBetween(random, 0, files.length - 1)] as File);
    const changed = Buffer.from(bytes);
    const at = wholeBetween(random, 0, bytes.length - 1);
    changed[at] = (changed[at] as number) ^ (1 << wholeBetween(random, 0, 7));
    writeFileSync(join(folder, name), changed);
    if (await isTaken(folder, trust)) taken += 1;
    else refused[name] = (refused[name] ?? 0) + 1;
    writeFileSync(join(folder, name), bytes);
  }
  return { taken, refused };
}

type File = { readonly name: string; readonly bytes: Buffer };

function fileAt(files: readonly File[], place: number): File {
  let from = 0;
  for (const file of files) {
    from += file.bytes.length;
    if (place < from) return file;
  }
  return files[0] as File;
}

const isTaken = (folder: string, trust: Trust): Promise<boolean> =>
  readSignedBundle(folder, trust).then(
    () => true,
    (error: { code?: string }) => {
      if (error.code === undefined) throw error;
      return false;
    },
  );
