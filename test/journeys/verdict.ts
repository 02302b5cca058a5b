// What a journey found out, from evidence outside the programs: tickets as the API told them, the truth of the recording, both ledgers.
import type { Identity } from "../../scripts/processes/read-ledger.ts";

export type SeenTicket = { opened_s: number; machine: string; failure_mode: string };

export type Verdict = {
  recording: string;
  tickets: SeenTicket[];
  onset_s: number | null;
  first_alarm_s: number | null;
  delay_s: number | null;
  /** null where the recording has no labels: nobody knows. */
  false_tickets: number | null;
  sensor_events: number;
  served: number;
  read: number;
  stored: number;
  lost: number;
  duplicates: number;
};

export type Findings = {
  recording: string;
  tickets: readonly SeenTicket[];
  onsetS: number | null;
  hasLabels: boolean;
  firstAlarmS: number | null;
  sensorEvents: number;
  served: number;
  read: number;
  storedRows: number;
  /** Every identity the agent made durable, by its ledger or its store. */
  durable: ReadonlySet<Identity>;
  /** Every identity in the gateway's store, as often as it is there. */
  stored: readonly Identity[];
  /** Every line of the gateway's ledger. */
  gatewayLedger: readonly Identity[];
};

export function verdictOf(found: Findings): Verdict {
  const { onsetS } = found;
  const tickets = found.tickets.toSorted((a, b) => a.opened_s - b.opened_s);
  const first = onsetS === null ? undefined : tickets.find(({ opened_s }) => opened_s >= onsetS);
  const stored = new Set(found.stored);
  return {
    recording: found.recording,
    tickets,
    onset_s: onsetS,
    first_alarm_s: round(found.firstAlarmS),
    delay_s: first === undefined || onsetS === null ? null : round(first.opened_s - onsetS),
    false_tickets: found.hasLabels ? tickets.filter(({ opened_s }) => onsetS === null || opened_s < onsetS).length : null,
    sensor_events: found.sensorEvents,
    served: found.served,
    read: found.read,
    stored: found.storedRows,
    lost: [...found.durable].filter((identity) => !stored.has(identity)).length,
    duplicates: Math.max(repeats(found.stored), repeats(found.gatewayLedger)),
  };
}

const repeats = (identities: readonly Identity[]): number => identities.length - new Set(identities).size;

const round = <T extends number | null>(seconds: T): T => (seconds === null ? seconds : Math.round((seconds as number) * 10) / 10) as T;
