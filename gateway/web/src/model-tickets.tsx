import type { ModelTicketCard } from "../../src/tickets/model-tickets.ts";
import { ageText } from "./age-text.ts";
import { ModelAnswer } from "./model-answer.tsx";
import { usePoll } from "./use-poll.ts";

/** For the engineer: models that should be looked at, and those that were and are kept. Nothing a technician has to act on. */
export function ModelTickets() {
  const { data, refresh } = usePoll<{ model_tickets: ModelTicketCard[]; now_ms: number }>("/api/model-tickets?status=current", 10_000);
  if (data === null || data.model_tickets.length === 0) return null;
  return (
    <>
      <h2>Models, for the engineer</h2>
      <section class="card plain">
        <ul class="lines">
          {data.model_tickets.map((ticket) => (
            <li class="line" key={ticket.id}>
              <span class="line-top">
                <strong>
                  {ticket.machine.name}: {ticket.title}
                </strong>
                <span class="soft whole">{ticket.id}</span>
              </span>
              <span class="wrap">{ticket.text}</span>
              <span class="soft">
                {ticket.place} · about the model, not the machine · {ageText(ticket.opened_ms, data.now_ms)}
              </span>
              {ticket.kept_text === null ? <ModelAnswer ticket={ticket} onDone={refresh} /> : <span class="wrap">{ticket.kept_text}</span>}
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
