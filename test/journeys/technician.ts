// The technician of a journey: looks at the tickets over the API and, knowing the truth, closes those that came before the onset.
import type { SeenTicket } from "./verdict.ts";

type ApiTicket = { id: string; status: string; opened_at: string | number; machine: string | { name: string }; failure_mode: string };

export type TicketWatch = { look(): Promise<void>; seen(): SeenTicket[]; stop(): void };

const everyMs = 200;
const deadlineMs = 3_000;

export function watchTickets({
  url,
  firstPollMs,
  onsetS,
  hasLabels,
  say,
}: {
  url: string;
  firstPollMs: number;
  onsetS: number | null;
  hasLabels: boolean;
  say: (text: string) => void;
}): TicketWatch {
  const seen = new Map<string, SeenTicket>();
  const closed = new Set<string>();

  const look = async (): Promise<void> => {
    const response = await fetch(`${url}/api/tickets?status=all`, { signal: AbortSignal.timeout(deadlineMs) });
    const { tickets } = (await response.json()) as { tickets: ApiTicket[] };
    for (const ticket of tickets) {
      const openedS = Math.round((new Date(ticket.opened_at).getTime() - firstPollMs) / 100) / 10;
      if (!seen.has(ticket.id)) say(`ticket ${ticket.id} opened at ${openedS} s`);
      seen.set(ticket.id, {
        opened_s: openedS,
        machine: typeof ticket.machine === "string" ? ticket.machine : ticket.machine.name,
        failure_mode: ticket.failure_mode,
      });
      if (!hasLabels || openedS >= (onsetS ?? Number.POSITIVE_INFINITY) || ticket.status !== "open" || closed.has(ticket.id)) continue;
      await close(url, ticket.id);
      closed.add(ticket.id);
      say(`ticket ${ticket.id} came before the onset: closed`);
    }
  };

  // A gateway that was just killed does not answer: the next look sees what this one missed.
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => {});
  }, everyMs);
  return {
    look,
    seen: () => [...seen.values()],
    stop: () => clearInterval(timer),
  };
}

async function close(url: string, id: string): Promise<void> {
  const response = await fetch(`${url}/api/tickets/${id}/close`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ verdict: "nothing", actor: "journey" }),
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (!response.ok) throw new Error(`closing ${id}: ${response.status} ${await response.text()}`);
}
