import type { TicketCard as Card } from "../../src/tickets/read-tickets.ts";
import { ageText } from "./age-text.ts";
import { LevelMark } from "./level-mark.tsx";

export function TicketCard({ ticket, nowMs }: { ticket: Card; nowMs: number }) {
  const { id, machine, place, title, level, level_text, summary, status, opened_ms, closed_ms, verdict_text, actor } = ticket;
  return (
    <a class={`card ${status === "open" ? level : "done"}`} href={`#/ticket/${id}`}>
      <span class="card-top">
        <LevelMark level={level} text={level_text} />
        <span class="soft">{id}</span>
      </span>
      <strong class="machine">{machine.name}</strong>
      <span class="soft">{place}</span>
      <span class="title">{title}</span>
      <span class="sentence">{summary}</span>
      <span class="soft">
        {status === "open"
          ? `Open · ${ageText(opened_ms, nowMs)}`
          : `Done · ${verdict_text} · ${actor} · ${ageText(closed_ms ?? opened_ms, nowMs)}`}
      </span>
    </a>
  );
}
