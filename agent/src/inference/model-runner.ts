// The agent's side of the model workers: ask, and get an answer within a deadline or a Fault. In: features of one row, rows to learn from, a
// bundle's folder. Out: score and contributions, a manifest. Never an invented figure.
// A bundle is opened only if its signature is of a known key and, where it is not this box's own, the vetting child passed it.
// Two threads, each there while it is needed: one opens bundles, and scores the rows of those that are not our own detectors; the other learns. A plant
// of 500 machines that all have their rows together learns one after the other, and the machines that are watched already are scored meanwhile.
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { DetectorScorer } from "@millwright/models/detectors/detector-scorer";
import type { TrustedKeys } from "@millwright/models/onnx/read-signed-bundle";
import type { SigningKey } from "@millwright/models/onnx/signing-key";
import type { CloseRequest, InspectReply, LearnAsked, LoadPrognosisReply, LoadReply, ReplyOf, RowRequest } from "./model-messages.ts";
import { ModelVetting, type VettedBundles } from "./model-vetting.ts";
import { RestingThread } from "./resting-thread.ts";
import { shareFeatures } from "./share-features.ts";
import type { VetLimits } from "./vet-in-child.ts";

/** `scorer`: scores the rows of a detector of our own, shared by all machines with its bundle; null: ask. */
export type LoadedModel = { readonly manifest: ModelManifest; readonly scorer: DetectorScorer | null };

export type ModelRunner = {
  /** @throws Fault model_refused (a bundle that may not be used), model_failed (no answer in time, or the session failed). */
  ask<R extends AskedOfRunner>(request: R): Promise<ReplyOf<R>>;
  /** Opens a bundle under a name, after it was vetted; that may take as long as the child's deadline. @throws Fault as `ask` */
  load(bundle: { key: string; folder: string }): Promise<LoadedModel>;
  /** The same for a bundle of a prognosis. */
  loadPrognosis(bundle: { key: string; folder: string }): Promise<LoadPrognosisReply>;
  /** Has a bundle vetted, so that loading it takes no longer than a moment. Never rejects: `load` says what is wrong. @returns false: the agent is stopping */
  prepare(folder: string): Promise<boolean>;
  /** Told when the scoring thread had to be replaced: everything that is asked of it must be loaded again. */
  onRestart(listener: () => void): void;
  close(): Promise<void>;
};

export type AskedOfRunner = LearnAsked | RowRequest | CloseRequest;

export type ModelRunnerOptions = {
  /** Real ms the scoring thread is kept when it holds nothing. */
  restMs?: number;
  /** Signs what is learned here; its own bundles are not vetted in a child. */
  boxKey: SigningKey;
  /** Of others, by public key. */
  trustedKeys: TrustedKeys;
  vetted: VettedBundles;
  vetLimits?: VetLimits;
};

export function startModelRunner({ boxKey, trustedKeys, vetted, vetLimits, restMs = 10_000 }: ModelRunnerOptions): ModelRunner {
  const keys: TrustedKeys = new Map([...trustedKeys, [boxKey.publicKey, "this box"]]);
  const vetting = new ModelVetting({ keys, vetted, ...(vetLimits === undefined ? {} : { limits: vetLimits }) });
  const listeners: (() => void)[] = [];
  const share = shareFeatures();
  /** Machines whose rows the thread scores or forecasts. */
  const held = new Set<string>();
  const scoring = new RestingThread({
    isHolding: () => held.size > 0,
    restMs,
    onReplaced: () => {
      opened.clear();
      held.clear();
      for (const listener of listeners) listener();
    },
  });
  const learning = new RestingThread({ isHolding: () => false, restMs: 0, onReplaced: () => {} });
  let isClosed = false;

  // Asked for by many machines in one moment, a folder is looked at once.
  const inspecting = new Map<string, Promise<InspectReply>>();
  const inspect = (folder: string): Promise<InspectReply> => {
    const asked = inspecting.get(folder) ?? scoring.ask({ kind: "inspect", folder, keys }).finally(() => inspecting.delete(folder));
    inspecting.set(folder, asked);
    return asked;
  };

  const vet = async (folder: string): Promise<{ bundleSha256: string; isOwn: boolean }> => {
    const { bundleSha256, publicKey } = await inspect(folder);
    const bundle = { bundleSha256, isOwn: publicKey === boxKey.publicKey };
    await vetting.pass(folder, bundle);
    return bundle;
  };

  // The first machine with a bundle from elsewhere opens it, the others join in: a box may have 500 machines with one. Its own are each for one machine.
  const opened = new Map<string, Promise<LoadedModel>>();
  const load = async ({ key, folder }: { key: string; folder: string }): Promise<LoadedModel> => {
    const bundle = await vet(folder);
    const { bundleSha256 } = bundle;
    const known = opened.get(bundleSha256);
    if (known !== undefined && (await joined(key, await known, bundleSha256))) return known;
    const opening = vetting
      .watch(bundle, () => scoring.ask({ kind: "load", key, folder, keys, bundleSha256 }))
      .then(({ manifestJson, tables }: LoadReply) => ({
        manifest: share(JSON.parse(manifestJson) as ModelManifest),
        scorer: tables === null ? null : new DetectorScorer(tables),
      }));
    if (!bundle.isOwn) {
      opened.set(bundleSha256, opening);
      opening.catch(() => opened.delete(bundleSha256));
    }
    const loaded = await opening;
    hold(key, loaded);
    return loaded;
  };
  const joined = async (key: string, loaded: LoadedModel, bundleSha256: string): Promise<boolean> => {
    if (loaded.scorer === null) {
      const { isOpen } = await scoring.ask({ kind: "join", key, bundleSha256 });
      if (!isOpen) return false;
    } else await close(key);
    hold(key, loaded);
    return true;
  };
  const hold = (key: string, { scorer }: LoadedModel): void => void (scorer === null ? held.add(key) : held.delete(key));
  // What the thread does not hold, nobody has to ask it for.
  const close = async (key: string): Promise<null> => (held.delete(key) ? scoring.ask({ kind: "close", key }) : null);

  const loadPrognosis = async ({ key, folder }: { key: string; folder: string }): Promise<LoadPrognosisReply> => {
    const bundle = await vet(folder);
    const { bundleSha256 } = bundle;
    const loaded = await vetting.watch(bundle, () => scoring.ask({ kind: "load_prognosis", key, folder, keys, bundleSha256 }));
    held.add(key);
    return loaded;
  };

  const signingKey = boxKey.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

  return {
    ask<R extends AskedOfRunner>(request: R): Promise<ReplyOf<R>> {
      if (request.kind === "close") return close(request.key) as Promise<ReplyOf<R>>;
      if (request.kind === "learn") return learning.ask({ ...request, signingKey }) as Promise<ReplyOf<R>>;
      return scoring.ask(request) as Promise<ReplyOf<R>>;
    },
    load,
    loadPrognosis,
    prepare: (folder) =>
      vet(folder).then(
        () => !isClosed,
        () => !isClosed,
      ),
    onRestart: (listener) => void listeners.push(listener),
    async close() {
      isClosed = true;
      vetting.close();
      await Promise.all([scoring.close(), learning.close()]);
    },
  };
}
