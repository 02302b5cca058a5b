// The agent's side of the model workers: ask, and get an answer within a deadline or a Fault. In: features of one row, rows to learn from, a
// bundle's folder. Out: score and contributions, a manifest. Never an invented figure.
// A bundle is opened only if its signature is of a known key and, where it is not this box's own, the vetting child passed it.
// Two threads: one scores; the other learns, is started when there is something to learn, and ends when there is not. A plant of 500 machines
// that all have their rows together learns one after the other, and the machines that are watched already are scored meanwhile.
import type { ModelManifest } from "@millwright/contract/model-manifest";
import type { TrustedKeys } from "@millwright/models/onnx/read-signed-bundle";
import type { SigningKey } from "@millwright/models/onnx/signing-key";
import { agentFault } from "../faults.ts";
import type { CloseRequest, InspectReply, LearnAsked, LoadPrognosisReply, ModelRequest, ReplyOf, RowRequest } from "./model-messages.ts";
import { ModelThread } from "./model-thread.ts";
import { ModelVetting, type VettedBundles } from "./model-vetting.ts";
import { shareFeatures } from "./share-features.ts";
import type { VetLimits } from "./vet-in-child.ts";

export type ModelRunner = {
  /** @throws Fault model_refused (a bundle that may not be used), model_failed (no answer in time, or the session failed). */
  ask<R extends AskedOfRunner>(request: R): Promise<ReplyOf<R>>;
  /** Opens a bundle under a name, after it was vetted; that may take as long as the child's deadline. @throws Fault as `ask` */
  load(bundle: { key: string; folder: string }): Promise<{ manifest: ModelManifest }>;
  /** The same for a bundle of a prognosis. */
  loadPrognosis(bundle: { key: string; folder: string }): Promise<LoadPrognosisReply>;
  /** Has a bundle vetted, so that loading it takes no longer than a moment. Never rejects: `load` says what is wrong. @returns false: the agent is stopping */
  prepare(folder: string): Promise<boolean>;
  /** Told when the scoring thread had to be replaced: everything that was loaded must be loaded again. */
  onRestart(listener: () => void): void;
  close(): Promise<void>;
};

export type AskedOfRunner = LearnAsked | RowRequest | CloseRequest;

export type ModelRunnerOptions = {
  /** Signs what is learned here; its own bundles are not vetted in a child. */
  boxKey: SigningKey;
  /** Of others, by public key. */
  trustedKeys: TrustedKeys;
  vetted: VettedBundles;
  vetLimits?: VetLimits;
};

export function startModelRunner({ boxKey, trustedKeys, vetted, vetLimits }: ModelRunnerOptions): ModelRunner {
  const keys: TrustedKeys = new Map([...trustedKeys, [boxKey.publicKey, "this box"]]);
  const vetting = new ModelVetting({ keys, vetted, ...(vetLimits === undefined ? {} : { limits: vetLimits }) });
  const listeners: (() => void)[] = [];
  const share = shareFeatures();
  const scoring = new ModelThread(() => {
    opened.clear();
    for (const listener of listeners) listener();
  });
  let learning: ModelThread | null = null;
  let learners = 0;
  let isClosed = false;

  const askScoring = <R extends ModelRequest>(request: R): Promise<ReplyOf<R>> =>
    isClosed ? Promise.reject(agentFault("model_failed", "the agent is stopping")) : scoring.ask(request);

  // Asked for by many machines in one moment, a folder is looked at once.
  const inspecting = new Map<string, Promise<InspectReply>>();
  const inspect = (folder: string): Promise<InspectReply> => {
    const asked = inspecting.get(folder) ?? askScoring({ kind: "inspect", folder, keys }).finally(() => inspecting.delete(folder));
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
  const opened = new Map<string, Promise<ModelManifest>>();
  const load = async ({ key, folder }: { key: string; folder: string }): Promise<{ manifest: ModelManifest }> => {
    const bundle = await vet(folder);
    const { bundleSha256 } = bundle;
    const known = opened.get(bundleSha256);
    if (known !== undefined) {
      const manifest = await known;
      if ((await askScoring({ kind: "join", key, bundleSha256 })).isOpen) return { manifest };
    }
    const opening = vetting
      .watch(bundle, () => askScoring({ kind: "load", key, folder, keys, bundleSha256 }))
      .then((loaded) => share(JSON.parse(loaded.manifestJson) as ModelManifest));
    if (!bundle.isOwn) {
      opened.set(bundleSha256, opening);
      opening.catch(() => opened.delete(bundleSha256));
    }
    return { manifest: await opening };
  };

  const loadPrognosis = async ({ key, folder }: { key: string; folder: string }): Promise<LoadPrognosisReply> => {
    const bundle = await vet(folder);
    return vetting.watch(bundle, () => askScoring({ kind: "load_prognosis", key, folder, keys, bundleSha256: bundle.bundleSha256 }));
  };

  const signingKey = boxKey.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const learn = async (request: LearnAsked): Promise<ReplyOf<LearnAsked>> => {
    learning ??= new ModelThread(() => {});
    learners += 1;
    try {
      return await learning.ask({ ...request, signingKey });
    } finally {
      learners -= 1;
      if (learners === 0) {
        void learning.close();
        learning = null;
      }
    }
  };

  return {
    ask<R extends AskedOfRunner>(request: R): Promise<ReplyOf<R>> {
      if (isClosed) return Promise.reject(agentFault("model_failed", "the agent is stopping"));
      return request.kind === "learn" ? (learn(request) as Promise<ReplyOf<R>>) : (scoring.ask(request) as Promise<ReplyOf<R>>);
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
      await Promise.all([scoring.close(), learning?.close()]);
    },
  };
}
