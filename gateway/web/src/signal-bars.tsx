import type { TicketDetail } from "../../src/tickets/read-tickets.ts";

/** What speaks: each signal, then → now, and its share. */
export function SignalBars({ ticket }: { ticket: TicketDetail }) {
  if (ticket.signals.length === 0) return <p class="soft">No single signal stands out: {ticket.layer_text}.</p>;
  return (
    <>
      <ul class="lines">
        {ticket.signals.slice(0, 5).map(({ point, title, baseline_text, now_text, zone_text, contribution }) => (
          <li class="line" key={point}>
            <span class="line-top">
              <span class="signal">{title}</span>
              <span class="soft whole">{Math.round(contribution * 100)} %</span>
            </span>
            <span class="bar-track">
              <span class="bar-fill" style={{ width: `${Math.max(1, contribution * 100)}%` }} />
            </span>
            <span class="then-now">
              {baseline_text ?? "unknown"} → <b>{now_text ?? "no value"}</b>
            </span>
            {zone_text !== null && <span class="soft">{zone_text}</span>}
          </li>
        ))}
      </ul>
      <p class="soft">
        {ticket.evidence_text} In the latest evidence, {ticket.layer_text}.
      </p>
    </>
  );
}
