import { useState } from "preact/hooks";
import type { TicketDetail } from "../../src/tickets/read-tickets.ts";
import { ageText } from "./age-text.ts";
import { ClosePanel } from "./close-panel.tsx";
import { LevelMark } from "./level-mark.tsx";
import { Lineage } from "./lineage.tsx";
import { Notice } from "./notice.tsx";
import { SeriesView } from "./series-view.tsx";
import { SignalBars } from "./signal-bars.tsx";
import { timeText } from "./time-text.ts";
import { usePoll } from "./use-poll.ts";

export function TicketPage({ id }: { id: string }) {
  const { data, error, refresh } = usePoll<{ ticket: TicketDetail; now_ms: number }>(`/api/tickets/${encodeURIComponent(id)}`);
  const [isClosing, setClosing] = useState(false);
  if (data === null)
    return (
      <>
        <a class="back" href="#/">
          ‹ Tickets
        </a>
        {error === null ? <p class="soft">Loading …</p> : <Notice text={error} />}
      </>
    );
  const { ticket, now_ms: nowMs } = data;
  const isOpen = ticket.status === "open";
  const close = (): void => {
    setClosing(false);
    refresh();
  };
  return (
    <article class="ticket">
      <a class="back" href={isOpen ? "#/" : "#/done"}>
        ‹ Tickets
      </a>
      <Notice text={error} />
      <header class={`card ${isOpen ? ticket.level : "done"}`}>
        <span class="card-top">
          <LevelMark level={ticket.level} text={ticket.level_text} />
          <span class="soft">
            {ticket.id} · {isOpen ? "open" : "done"}
          </span>
        </span>
        <h1>
          {ticket.machine.name} <span class="soft place">{ticket.place}</span>
        </h1>
        <p class="title">{ticket.title}</p>
        <p class="sentence">{ticket.summary}</p>
        <p class="soft">
          Opened {ageText(ticket.opened_ms, nowMs)}, {timeText(ticket.opened_ms)}
          {isOpen && ticket.machine_now !== null && (
            <>
              {" "}
              · now <b>{ticket.machine_now.level_text.toLowerCase()}</b>
              {ticket.machine_now.score === null ? "" : `, score ${ticket.machine_now.score.toFixed(1)}`}
            </>
          )}
        </p>
      </header>
      {!isOpen && <Done ticket={ticket} />}
      <div class="columns">
        <section class="card plain">
          <h2>What it looked like</h2>
          <SeriesView id={ticket.id} isLive={isOpen} />
        </section>
        <section class="card plain">
          <h2>Why</h2>
          <SignalBars ticket={ticket} />
        </section>
      </div>
      {isOpen &&
        (isClosing ? (
          <ClosePanel ticket={ticket} onDone={close} onCancel={() => setClosing(false)} />
        ) : (
          <div class="foot">
            <button type="button" class="main" onClick={() => setClosing(true)}>
              I looked at it: close this ticket
            </button>
          </div>
        ))}
      <section class="card plain">
        <h2>History</h2>
        <ol class="lines">
          {ticket.history.map(({ wall_ms, text, actor }, index) => (
            <li class="line" key={index}>
              <span>
                {text}
                {actor !== null && <span class="soft"> — {actor}</span>}
              </span>
              <span class="soft">{timeText(wall_ms)}</span>
            </li>
          ))}
        </ol>
      </section>
      <Lineage ticket={ticket} />
    </article>
  );
}

function Done({ ticket }: { ticket: TicketDetail }) {
  const { verdict_text, actor, closed_ms, note, command } = ticket;
  return (
    <section class="card plain">
      <strong>{verdict_text}</strong>
      <span class="soft">
        {actor}
        {closed_ms === null ? "" : `, ${timeText(closed_ms)}`}
      </span>
      {note !== null && <p>{note}</p>}
      <span class="soft">
        {command?.state === "done" ? "✓ The machine's box has taken it." : "On its way to the machine's box; sent again until it is taken."}
      </span>
    </section>
  );
}
