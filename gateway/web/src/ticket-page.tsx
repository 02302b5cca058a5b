import { useState } from "preact/hooks";
import type { TicketDetail } from "../../src/tickets/read-tickets.ts";
import { ageText } from "./age-text.ts";
import { ClosePanel } from "./close-panel.tsx";
import { DiagnosisView } from "./diagnosis-view.tsx";
import { Done } from "./done.tsx";
import { LevelMark } from "./level-mark.tsx";
import { Lineage } from "./lineage.tsx";
import { MachineNow } from "./machine-now.tsx";
import { Notice } from "./notice.tsx";
import { ownName } from "./own-name.ts";
import { SeriesView } from "./series-view.tsx";
import { SignalBars } from "./signal-bars.tsx";
import { timeText } from "./time-text.ts";
import { usePoll } from "./use-poll.ts";
import { useTitle } from "./use-title.ts";
import { WaitAction } from "./wait-action.tsx";

export function TicketPage({ id }: { id: string }) {
  const { data, error, refresh } = usePoll<{ ticket: TicketDetail; now_ms: number }>(`/api/tickets/${encodeURIComponent(id)}`);
  const [isClosing, setClosing] = useState(false);
  const [isFresh, setFresh] = useState(false);
  useTitle(data === null ? id : `${id} ${data.ticket.machine.name}: ${data.ticket.title}`);
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
    setFresh(true);
    refresh();
  };
  return (
    <article class="ticket">
      <a class="back" href={isOpen ? "#/" : "#/done"}>
        ‹ Tickets
      </a>
      <Notice text={error} />
      {!isOpen && isClosing && ticket.actor !== ownName() && (
        <Notice text={`${ticket.actor} closed it while you wrote: what you entered was not sent.`} />
      )}
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
        {ticket.forecast_text !== null && <p>{ticket.forecast_text}</p>}
        <p class="soft">
          Opened {ageText(ticket.opened_ms, nowMs)}, {timeText(ticket.opened_ms)}
        </p>
        {ticket.machine_now !== null && <MachineNow machine={ticket.machine_now} nowMs={nowMs} />}
        {isOpen && ticket.machine_now !== null && <WaitAction machine={ticket.machine_now} nowMs={nowMs} />}
      </header>
      {!isOpen && <Done ticket={ticket} nowMs={nowMs} isFresh={isFresh} onAsked={refresh} />}
      {ticket.diagnosis !== null && <DiagnosisView diagnosis={ticket.diagnosis} />}
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
      {isOpen && isClosing && <ClosePanel ticket={ticket} onDone={close} onCancel={() => setClosing(false)} />}
      <section class="card plain">
        <h2>History</h2>
        <ol class="lines">
          {ticket.history.map(({ wall_ms, text, actor }, index) => (
            <li class="line" key={index}>
              <span class="note">
                {text}
                {actor !== null && <span class="soft"> — {actor}</span>}
              </span>
              <span class="soft">{timeText(wall_ms)}</span>
            </li>
          ))}
        </ol>
      </section>
      <Lineage ticket={ticket} />
      {isOpen && !isClosing && (
        <div class="foot">
          <button type="button" class="main" onClick={() => setClosing(true)}>
            I looked at it: close this ticket
          </button>
        </div>
      )}
    </article>
  );
}
