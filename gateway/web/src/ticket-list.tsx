import { counted } from "@millwright/kit/counted";
import type { TicketCard as Card } from "../../src/tickets/read-tickets.ts";
import { Notice } from "./notice.tsx";
import type { PlantReply } from "./plant-reply.ts";
import { QuietPlant } from "./quiet-plant.tsx";
import { TicketCard } from "./ticket-card.tsx";
import { usePoll } from "./use-poll.ts";
import { useTitle } from "./use-title.ts";

export function TicketList({ status }: { status: "open" | "done" }) {
  const { data, error } = usePoll<{ tickets: Card[]; total: number; now_ms: number }>(`/api/tickets?status=${status}`);
  const { data: plant } = usePoll<PlantReply>("/api/machines");
  const tickets = data?.tickets ?? [];
  const title = status === "done" ? "Done" : tickets.length === 0 ? "Tickets" : counted(data?.total ?? 0, "open ticket");
  useTitle(title);
  const isQuiet = data !== null && tickets.length === 0;
  return (
    <>
      <h1>{title}</h1>
      <Notice text={error} />
      {status === "open" && !isQuiet && plant !== null && plant.silence !== null && (
        <p class="notice" role="status">
          {plant.silence} <a href="#/machines">Which?</a>
        </p>
      )}
      {data !== null && data.total > tickets.length && (
        <p class="soft">
          {status === "open" ? `The worst ${tickets.length} are listed.` : `The ${tickets.length} closed last of ${data.total}.`}
        </p>
      )}
      {data === null && error === null && <p class="soft">Loading …</p>}
      {data !== null && (
        <div class="cards">
          {tickets.map((ticket) => (
            <TicketCard key={ticket.id} ticket={ticket} nowMs={data.now_ms} />
          ))}
        </div>
      )}
      {isQuiet && status === "open" && plant !== null && <QuietPlant plant={plant} />}
      {isQuiet && status === "done" && <p class="soft">No ticket has been closed yet.</p>}
    </>
  );
}
