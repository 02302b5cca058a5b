import type { TicketDetail } from "../../src/tickets/read-tickets.ts";
import { timeText } from "./time-text.ts";

/** For the engineer: which model, learning and settings said so. */
export function Lineage({ ticket }: { ticket: TicketDetail }) {
  const { lineage, episode, trace_id, predictions, good_share, evidence_ms, agent } = ticket;
  const rows: [string, string | number | null][] = [
    ["Evidence of", timeText(evidence_ms)],
    ["Good readings", `${Math.round(good_share * 100)} %`],
    ["Predictions", predictions],
    ["Box", agent],
    ["Model", lineage.model_id],
    ["Model hash", short(lineage.model_hash)],
    ["Features", short(lineage.feature_schema_hash)],
    ["Baseline", lineage.baseline_generation === null ? null : `generation ${lineage.baseline_generation}`],
    ["Thresholds", lineage.threshold_revision === null ? null : `revision ${lineage.threshold_revision}`],
    ["Settings", short(lineage.config_revision)],
    ["Episode", episode],
    ["Trace", trace_id],
  ];
  return (
    <details>
      <summary>Where this came from</summary>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value ?? "—"}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

const short = (hash: string | null): string | null => (hash === null ? null : hash.slice(0, 12));
