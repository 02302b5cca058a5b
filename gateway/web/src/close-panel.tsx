// Three taps: what you found, which failure it was, close. The name is asked once and remembered on this device.
import { type FailureMode, failureModes } from "@millwright/contract/failure-modes";
import { useEffect, useRef, useState } from "preact/hooks";
import type { TicketDetail } from "../../src/tickets/read-tickets.ts";
import { Notice } from "./notice.tsx";
import { NameField, NoteField, noteOf, useSigned } from "./signed-form.tsx";

type Kind = "found" | "something_else" | "nothing";
const kinds: { kind: Kind; text: string; hint: string }[] = [
  { kind: "found", text: "Found it", hint: "The machine had what the ticket says" },
  { kind: "something_else", text: "Something else", hint: "There was a fault, but another one" },
  { kind: "nothing", text: "Nothing wrong", hint: "The machine, or only its sensor, misled us" },
];

// Failure modes a technician picks; the common ones first, the rest behind "more".
const modes = (Object.keys(failureModes) as FailureMode[]).filter((mode) => mode !== "UNK");
const common: FailureMode[] = ["VIB", "OHE", "NOI", "ELU", "LOO", "PLU", "BRD", "AIR"];
type Props = { ticket: TicketDetail; onDone: () => void; onCancel: () => void };

export function ClosePanel({ ticket, onDone, onCancel }: Props) {
  const [kind, setKind] = useState<Kind | null>(null);
  const [mode, setMode] = useState<FailureMode | null>(ticket.failure_mode === "UNK" ? null : ticket.failure_mode);
  const choose = (one: Kind): void => {
    setKind(one);
    // Another fault than the ticket says is not the one it says.
    if (one === "something_else" && mode === ticket.failure_mode) setMode(null);
  };
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="card plain close" aria-label="Close this ticket">
      <h2 ref={heading} tabIndex={-1}>
        What did you find?
      </h2>
      <div class="choices">
        {kinds.map(({ kind: one, text, hint }) => (
          <button type="button" key={one} class="choice" aria-pressed={kind === one} onClick={() => choose(one)}>
            <b>{text}</b>
            <span class="soft">{hint}</span>
          </button>
        ))}
      </div>
      {kind !== null && <ModeChips isRequired={kind !== "nothing"} mode={mode} onPick={setMode} />}
      {kind !== null && <Signature ticket={ticket} kind={kind} mode={mode} onDone={onDone} />}
      <button type="button" class="quiet" onClick={onCancel}>
        Not now
      </button>
    </section>
  );
}

function ModeChips({
  isRequired,
  mode,
  onPick,
}: {
  isRequired: boolean;
  mode: FailureMode | null;
  onPick: (mode: FailureMode | null) => void;
}) {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? modes : mode === null || common.includes(mode) ? common : [mode, ...common];
  return (
    <>
      <h2>{isRequired ? "Which failure was it? (if you know)" : "Was it the sensor? (if you know)"}</h2>
      <fieldset class="chips" aria-label="Which failure">
        {(isRequired ? shown : (["AIR"] as const)).map((one) => (
          <button type="button" key={one} class="chip" aria-pressed={mode === one} onClick={() => onPick(mode === one ? null : one)}>
            {failureModes[one]} <small>{one}</small>
          </button>
        ))}
        {isRequired && !isAll && (
          <button type="button" class="chip" onClick={() => setAll(true)}>
            more …
          </button>
        )}
      </fieldset>
    </>
  );
}

function Signature({ ticket, kind, mode, onDone }: { ticket: TicketDetail; kind: Kind; mode: FailureMode | null; onDone: () => void }) {
  const [note, setNote] = useState("");
  const { actor, setActor, error, mayBeSent, send } = useSigned(`/api/tickets/${ticket.id}/close`, onDone);
  const isSensor = kind === "nothing" && mode !== "AIR";
  const answer = { verdict: kind, ...(mode === null || isSensor ? {} : { failure_mode: mode }), ...noteOf(note) };
  return (
    <form onSubmit={(event) => void send(event, answer)}>
      <NameField actor={actor} setActor={setActor} />
      <NoteField note={note} setNote={setNote} />
      <Notice text={error} />
      <button type="submit" class="main" disabled={!mayBeSent}>
        Close {ticket.id}
      </button>
    </form>
  );
}
