import type { ModelTicketCard } from "../../src/tickets/model-tickets.ts";
import { ageText } from "./age-text.ts";
import { usePoll } from "./use-poll.ts";

/** For the engineer: models that should be looked at. Nothing a technician has to act on. */
export function ModelTickets() {
  const { data } = usePoll<{ model_tickets: ModelTicketCard[]; now_ms: number }>("/api/model-tickets", 10_000);
  if (data === null || data.model_tickets.length === 0) return null;
  return (
    <>
      <h2>Models, for the engineer</h2>
      <section class="card plain">
        <ul class="lines">
          {data.model_tickets.map(({ id, machine, place, title, text, opened_ms }) => (
            <li class="line" key={id}>
              <span class="line-top">
                <strong>
                  {machine.name}: {title}
                </strong>
                <span class="soft whole">{id}</span>
              </span>
              <span class="wrap">{text}</span>
              <span class="soft">
                {place} · about the model, not the machine · {ageText(opened_ms, data.now_ms)}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
