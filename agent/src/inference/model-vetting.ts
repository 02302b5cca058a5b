// Which bundles of others may be opened: each is vetted once in a child process, one child at a time. What passed is remembered in the agent's
// state, so that a restart vets nothing again; what did not is remembered until the next start.
import { Fault } from "@millwright/kit/fault";
import type { TrustedKeys } from "@millwright/models/onnx/read-signed-bundle";
import { agentFault } from "../faults.ts";
import { type VetLimits, type Vetting, vetInChild, vetLimits } from "./vet-in-child.ts";
import type { Verdict } from "./vet-messages.ts";

/** Kept over restarts: by the hash of a bundle. */
export type VettedBundles = {
  has(bundleSha256: string): boolean;
  add(bundleSha256: string): Promise<void>;
  /** How often the agent ended while it opened this bundle, one after the other. */
  deaths(bundleSha256: string): number;
  /** Durable before it is opened … */
  opening(bundleSha256: string): Promise<void>;
  /** … and forgotten when the agent has outlived that. */
  outlived(bundleSha256: string): Promise<void>;
};

/** Its loading may end the model worker so many times in succession; then it is refused until the next start. */
const maxDeaths = 2;
/** The same of the agent's whole process, which a power cut ends, too; then it is refused for good. */
const maxAgentDeaths = 3;
/** Refusals remembered; the oldest is forgotten, and would be vetted again. */
const maxRemembered = 256;

export class ModelVetting {
  readonly #keys: TrustedKeys;
  readonly #vetted: VettedBundles;
  readonly #limits: VetLimits;
  readonly #refused = new Map<string, string>();
  readonly #deaths = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<Verdict>>();
  /** Bundles of others that are opened, or were since the start: when that is durable. */
  readonly #noted = new Map<string, Promise<void>>();
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
    if (isOwn) return;
    if (this.#vetted.deaths(bundleSha256) >= maxAgentDeaths)
      throw agentFault(
        "model_refused",
        `${folder}: the agent ended ${maxAgentDeaths} times while it opened this bundle; put another in its place`,
      );
    if (this.#vetted.has(bundleSha256)) return;
    const verdict = await this.#verdictOf(folder, bundleSha256);
    if (!verdict.ok) throw agentFault(this.#isClosed ? "model_failed" : "model_refused", `${folder}: ${verdict.reason}`);
  }

  /** Opens a bundle that passed. `open` loads it; a rejection with model_failed means that the model worker ended or hung meanwhile. */
  async watch<T>({ bundleSha256, isOwn }: { bundleSha256: string; isOwn: boolean }, open: () => Promise<T>): Promise<T> {
    const isFirst = !isOwn && !this.#noted.has(bundleSha256);
    if (isFirst) remember(this.#noted, bundleSha256, noted(this.#vetted.opening(bundleSha256)));
    await this.#noted.get(bundleSha256);
    try {
      const result = await open();
      this.#deaths.delete(bundleSha256);
      return result;
    } catch (error) {
      if (!this.#isClosed && error instanceof Fault && error.code === "model_failed")
        remember(this.#deaths, bundleSha256, (this.#deaths.get(bundleSha256) ?? 0) + 1);
      throw error;
    } finally {
      if (isFirst) await noted(this.#vetted.outlived(bundleSha256));
    }
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
    if (verdict.ok) await noted(this.#vetted.add(bundle));
    else if (!this.#isClosed) remember(this.#refused, bundle, verdict.reason);
    return verdict;
  }
}

// A full disk stops no model: what could not be noted is known until the next start.
const noted = (write: Promise<void>): Promise<void> => write.catch(() => {});

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > maxRemembered && oldest !== undefined) map.delete(oldest);
}
