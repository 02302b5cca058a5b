// Which bundles of others may be opened: each is vetted once in a child process, one child at a time. What passed is remembered in the agent's
// state, so that a restart vets nothing again; what did not is remembered until the next start.
import type { TrustedKeys } from "@millwright/models/onnx/read-signed-bundle";
import { agentFault } from "../faults.ts";
import { type VetLimits, type Vetting, vetInChild, vetLimits } from "./vet-in-child.ts";
import type { Verdict } from "./vet-messages.ts";

/** Kept over restarts: by the hash of a bundle. */
export type VettedBundles = { has(bundleSha256: string): boolean; add(bundleSha256: string): Promise<void> };

/** Its loading may end the model worker so many times; then it is refused until the next start. */
const maxDeaths = 2;
/** Refusals remembered; the oldest is forgotten, and would be vetted again. */
const maxRemembered = 256;

export class ModelVetting {
  readonly #keys: TrustedKeys;
  readonly #vetted: VettedBundles;
  readonly #limits: VetLimits;
  readonly #refused = new Map<string, string>();
  readonly #deaths = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<Verdict>>();
  #last: Promise<unknown> = Promise.resolve();
  #running: Vetting | null = null;
  #isClosed = false;

  constructor({ keys, vetted, limits = vetLimits }: { keys: TrustedKeys; vetted: VettedBundles; limits?: VetLimits }) {
    this.#keys = keys;
    this.#vetted = vetted;
    this.#limits = limits;
  }

  /** Resolves when the bundle may be opened. @throws Fault model_refused, model_failed (the agent is stopping) */
  async pass(folder: string, { bundleSha256, isOwn }: { bundleSha256: string; isOwn: boolean }): Promise<void> {
    if ((this.#deaths.get(bundleSha256) ?? 0) >= maxDeaths)
      throw agentFault("model_refused", `${folder}: loading it ended the model worker ${maxDeaths} times`);
    if (isOwn || this.#vetted.has(bundleSha256)) return;
    const verdict = await this.#verdictOf(folder, bundleSha256);
    if (!verdict.ok) throw agentFault(this.#isClosed ? "model_failed" : "model_refused", `${folder}: ${verdict.reason}`);
  }

  /** The model worker ended while it loaded this bundle. */
  died(bundleSha256: string): void {
    remember(this.#deaths, bundleSha256, (this.#deaths.get(bundleSha256) ?? 0) + 1);
  }

  close(): void {
    this.#isClosed = true;
    this.#running?.cancel();
  }

  #verdictOf(folder: string, bundle: string): Promise<Verdict> {
    const known = this.#refused.get(bundle);
    if (known !== undefined) return Promise.resolve({ ok: false, reason: known });
    const asked = this.#underWay.get(bundle);
    if (asked !== undefined) return asked;
    const vetting = this.#last.then(() => this.#vet(folder, bundle)).finally(() => this.#underWay.delete(bundle));
    this.#last = vetting.catch(() => {});
    this.#underWay.set(bundle, vetting);
    return vetting;
  }

  async #vet(folder: string, bundle: string): Promise<Verdict> {
    if (this.#isClosed) return { ok: false, reason: "the agent is stopping" };
    this.#running = vetInChild({ folder, keys: [...this.#keys] }, this.#limits);
    const found = await this.#running.verdict;
    this.#running = null;
    const isSame = !found.ok || found.bundleSha256 === bundle;
    const verdict: Verdict = isSame ? found : { ok: false, reason: "the bundle was changed while it was vetted" };
    if (verdict.ok) await this.#vetted.add(bundle);
    else if (!this.#isClosed) remember(this.#refused, bundle, verdict.reason);
    return verdict;
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > maxRemembered && oldest !== undefined) map.delete(oldest);
}
