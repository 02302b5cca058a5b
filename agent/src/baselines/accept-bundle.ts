// A given bundle, beside the newest of the same id that this machine used: it takes its place, or is refused, or goes back as the configuration
// allows. In: what its signed manifest says. Out: why it is refused, or what is to be told. Keeps it in the agent's state.
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { isOlder, modelAge } from "./accepted-model.ts";
import type { AgentState } from "./agent-state.ts";

export type GivenBundle = {
  /** Of the machine, and of what the bundle is for: a detector and a prognosis of one id are no versions of each other. */
  key: string;
  folder: string;
  manifest: Pick<ModelManifest, "id" | "version" | "created_at">;
  /** `older_model` of the machine. */
  older: "refuse" | "accept";
};

/** `rolledBack`: an older bundle than before was taken, as the configuration allows; a sentence. */
export type Accepted = { ok: true; rolledBack: string | null } | { ok: false; why: string };

export async function acceptBundle({ key, folder, manifest, older }: GivenBundle, agentState: AgentState): Promise<Accepted> {
  const { id } = manifest;
  const before = agentState.acceptedModel(key, id);
  const isBack = before !== null && isOlder(manifest, before);
  if (isBack && older === "refuse") {
    const why = `${folder} holds ${modelAge(manifest)} of "${id}", older than ${modelAge(before)}, which this machine had already. Put the newer one back, or say older_model: accept at this machine.`;
    return { ok: false, why };
  }
  // A full disk stops no model: what could not be noted is known until the next start.
  if (before?.version !== manifest.version || before.created_at !== manifest.created_at)
    await agentState.setAcceptedModel(key, id, manifest).catch(() => {});
  if (!isBack) return { ok: true, rolledBack: null };
  return { ok: true, rolledBack: `"${id}" went back from ${modelAge(before)} to ${modelAge(manifest)}, as older_model: accept allows.` };
}
