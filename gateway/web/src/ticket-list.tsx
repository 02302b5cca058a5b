import type { TicketCard as Card } from "../../src/tickets/read-tickets.ts";
import { Notice } from "./notice.tsx";
import { QuietPlant } from "./quiet-plant.tsx";
import { TicketCard } from "./ticket-card.tsx";
import { usePoll } from "./use-poll.ts";

export function TicketList({ status }: { status: "open" | "done" }) {
  const { data, error } = usePoll<{ tickets: Card[]; now_ms: number }>(`/api/tickets?status=${status}`);
  const tickets = data?.tickets ?? [];
  return (
    <>
      <h1>
        {status === "done"
          ? "Done"
          : tickets.length === 0
            ? "Tickets"
            : `${tickets.length} open ${tickets.length === 1 ? "ticket" : "tickets"}`}
      </h1>
      <Notice text={error} />
      {data === null && error === null && <p class="soft">Loading …</p>}
      {data !== null && (
        <div class="cards">
          {tickets.map((ticket) => (
            <TicketCard key={ticket.id} ticket={ticket} nowMs={data.now_ms} />
          ))}
        </div>
      )}
      {data !== null && tickets.length === 0 && (status === "open" ? <QuietPlant /> : <p class="soft">No ticket has been closed yet.</p>)}
    </>
  );
}
