import { failureModes } from "@millwright/contract/failure-modes";
import { useEffect, useRef } from "preact/hooks";
import type { TicketDetail } from "../../src/tickets/read-tickets.ts";
import { RelearnAction } from "./relearn-action.tsx";
import { timeText } from "./time-text.ts";

/** How long after the verdict the machine is offered to learn again. */
const offerMs = 86_400_000;

type Props = {
  ticket: TicketDetail;
  nowMs: number;
  /** It was closed on this page just now. */
  isFresh: boolean;
  onAsked: () => void;
};

/** What was found, whether the machine's box knows, and what may follow. */
export function Done({ ticket, nowMs, isFresh, onAsked }: Props) {
  const { verdict, verdict_text, verdict_failure_mode: named, actor, closed_ms, note, command, machine_now: machine } = ticket;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isFresh) heading.current?.focus();
  }, [isFresh]);
  const isOffered = machine?.ticket === null && verdict !== "nothing" && nowMs - (closed_ms ?? 0) < offerMs;
  return (
    <section class="card plain">
      <h2 ref={heading} tabIndex={-1}>
        {verdict_text}
        {named !== null && `: ${failureModes[named]}`}
      </h2>
      <span class="soft">
        {actor}
        {closed_ms === null ? "" : `, ${timeText(closed_ms)}`}
      </span>
      {note !== null && <p class="note">{note}</p>}
      <span class="soft">
        {command?.state === "done" ? "✓ The machine's box has taken it." : "On its way to the machine's box; sent again until it is taken."}
      </span>
      {machine !== null &&
        isOffered &&
        (machine.relearn !== null && closed_ms !== null && machine.relearn.asked_ms >= closed_ms ? (
          <p>{machine.relearn.text}.</p>
        ) : (
          <RelearnAction machine={machine} text="Was it repaired? Let it learn again" onAsked={onAsked} />
        ))}
    </section>
  );
}
