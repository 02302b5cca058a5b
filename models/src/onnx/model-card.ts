import type { ModelManifest } from "@millwright/contract/model-manifest";

/** card.md: what a person should know before relying on a model. Facts of the manifest only. */
export function modelCard(manifest: ModelManifest): string {
  const { rows, features, thresholds } = manifest;
  const points = features.points.map(({ name, unit }, p) => {
    const { mean, spread } = manifest.baseline[p] ?? { mean: 0, spread: 0 };
    const { is_monitored, frozen_rows } = manifest.stillness[p] ?? { is_monitored: false, frozen_rows: null };
    return `| ${name} | ${unit} | ${round(mean)} ± ${round(spread)} | ${is_monitored ? "yes" : "no"} | ${frozen_rows ?? "never"} |`;
  });
  return `# ${manifest.id} (version ${manifest.version})

**Purpose**: notices when this one machine (class ${manifest.machine_class}) no longer behaves as it did while it learned. It does not say what is
wrong, nor how long the machine will last. **Do not use** it for another machine, or as the only safeguard against a limit that must not be passed.

**Learned from** ${rows.learned} rows, ${features.period_ms / 1000} s apart (${(100 * rows.bad_share).toFixed(1)} % bad values): fitted on ${rows.fitted}, limits from ${rows.for_limits} later ones.
Created ${manifest.created_at}. Hash of the learning rows: \`${manifest.training_data_sha256}\`.

**Method**: AR(2) residuals of every point, Ledoit–Wolf Mahalanobis distance at two speeds (each row; running mean ${features.columns.find(({ kind }) => kind === "ewma")?.alpha ?? ""}), slow
re-centring within a bound. Score 1 is the watch limit; a ticket needs ${thresholds.ticket_rows} rows of evidence. Budget: ${thresholds.false_tickets_per_month} false ticket(s) per machine and month (a design
figure, not yet a measured one for this machine).

| point | unit | normal | used | called frozen after rows |
| --- | --- | --- | --- | --- |
${points.join("\n")}
${manifest.notes.length === 0 ? "" : `\n${manifest.notes.map((note) => `- ${note}`).join("\n")}\n`}`;
}

const round = (value: number): string => Number(value.toPrecision(4)).toString();
