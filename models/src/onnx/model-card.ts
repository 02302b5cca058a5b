// card.md: what a person should know before relying on a model. Facts of the manifest only, so that it can be made again from it at any time.
import type { Ar2Manifest, ImportedManifest, ModelManifest } from "@millwright/contract/model-manifest";
import { counted } from "@millwright/kit/counted";
import { unitText } from "@millwright/kit/unit-text";

/** @returns Markdown: purpose, who may rely on it, signals, training data, protocol and figures, limits */
export function modelCard(manifest: ModelManifest): string {
  const { purpose, reliedOnBy, training, limits } = manifest.kind === "imported" ? ofImported(manifest) : ofLearned(manifest);
  const { thresholds, notes } = manifest;
  const sections = [
    `# ${manifest.id} (version ${manifest.version})`,
    `**Purpose**: ${purpose}`,
    `**Who may rely on it**: ${reliedOnBy}`,
    `**Signals**: one row every ${manifest.features.period_ms / 1000} s, ${counted(manifest.features.columns.length, "feature")} of ${counted(manifest.features.points.length, "point")}.\n\n${signalTable(manifest)}`,
    `**Trained on**: ${training} Created ${manifest.created_at}${manifest.parent === null ? "" : `, after the model \`${manifest.parent.slice(0, 12)}…\``}.`,
    `**Protocol and figures**: ${measured(manifest)} Score 1 is the watch limit; a ticket needs ${counted(thresholds.ticket_rows, "row")} of evidence. Budget: ${counted(thresholds.false_tickets_per_month, "false ticket")} per machine and month (a design figure, not yet a measured one for this machine).`,
    `**Limits**: ${limits}`,
    notes.map((note) => `- ${note}`).join("\n"),
    `Model \`${manifest.model_sha256}\`, features \`${manifest.feature_schema_sha256}\`.`,
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

type Story = { purpose: string; reliedOnBy: string; training: string; limits: string };

function ofLearned({ machine_class, rows, training_data_sha256 }: Ar2Manifest): Story {
  return {
    purpose: `notices when this one machine (class ${machine_class}) no longer behaves as it did while it learned.`,
    reliedOnBy:
      "a technician who decides whether to look at this machine. **Do not use** it for another machine, or as the only safeguard against a limit that must not be passed.",
    training: `${rows.learned} rows of this machine (${(100 * rows.bad_share).toFixed(1)} % bad values): fitted on ${rows.fitted}, limits from ${rows.for_limits} later ones. Hash of the learning rows: \`${training_data_sha256}\`.`,
    limits:
      "it does not say what is wrong, nor how long the machine will last. A state it did not see while it learned (a load, a season) looks like a fault; a fault that was there while it learned looks normal.",
  };
}

function ofImported({ purpose, relied_on_by, producer, training_data_sha256, limitations, takes_missing }: ImportedManifest): Story {
  const data =
    training_data_sha256 === null
      ? "its maker gives no hash of the training data."
      : `hash of the training data, as its maker gives it: \`${training_data_sha256}\`.`;
  const missing = takes_missing ? "" : " A row in which one of its points is missing or frozen has no score.";
  return {
    purpose,
    reliedOnBy: relied_on_by,
    training: `outside Millwright (${producer}); ${data}`,
    limits: `${limitations}${missing} Its golden vectors show that it still computes what it did when it was imported, not that it is right.`,
  };
}

function measured({ measured: known, kind }: ModelManifest): string {
  if (known === undefined && kind === "imported") return "its maker gives none, and nobody here has measured it.";
  if (known === undefined)
    return "not measured on labelled faults of this machine; docs/specs/models.md has figures of the method on public sets.";
  const figures = Object.entries(known.figures).map(([name, value]) => `${name} ${round(value)}`);
  return `${known.protocol}: ${figures.join(", ")}.`;
}

function signalTable({ features, baseline, stillness }: ModelManifest): string {
  const rows = features.points.map(({ name, unit }, p) => {
    const { mean, spread } = baseline[p] ?? { mean: 0, spread: 0 };
    const { is_monitored, frozen_rows } = stillness[p] ?? { is_monitored: false, frozen_rows: null };
    return `| ${name} | ${unitText(unit)} | ${round(mean)} ± ${round(spread)} | ${is_monitored ? "yes" : "no"} | ${frozen_rows ?? "never"} |`;
  });
  return `| point | unit | normal | used | called frozen after rows |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}`;
}

const round = (value: number): string => Number(value.toPrecision(4)).toString();
