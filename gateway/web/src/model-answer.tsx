// An engineer looked at a model: train it again, or keep it. Three taps: say so, choose, sign it.
import { useState } from "preact/hooks";
import type { ModelOutcome } from "../../src/store/tables.ts";
import type { ModelTicketCard } from "../../src/tickets/model-tickets.ts";
import { modelOutcomeHint, modelOutcomeTexts } from "../../src/tickets/texts.ts";
import { Notice } from "./notice.tsx";
import { NameField, NoteField, noteOf, useSigned } from "./signed-form.tsx";

type Props = { ticket: Pick<ModelTicketCard, "id" | "machine" | "cause">; onDone: () => void };

export function ModelAnswer({ ticket, onDone }: Props) {
  const [isAnswering, setAnswering] = useState(false);
  if (isAnswering) return <Answer ticket={ticket} onDone={onDone} onCancel={() => setAnswering(false)} />;
  return (
    <button type="button" class="second" onClick={() => setAnswering(true)}>
      I looked at it
    </button>
  );
}

function Answer({ ticket: { id, machine, cause }, onDone, onCancel }: Props & { onCancel: () => void }) {
  const [outcome, setOutcome] = useState<ModelOutcome | null>(null);
  const [note, setNote] = useState("");
  const { actor, setActor, error, mayBeSent, send } = useSigned(`/api/model-tickets/${id}/close`, onDone);
  return (
    <form
      class="inset"
      aria-label={`${id}: the model of ${machine.name}`}
      onSubmit={(event) => void send(event, { outcome, ...noteOf(note) })}
    >
      <div class="choices">
        {(["retrain", "keep"] as const).map((one) => (
          <button type="button" key={one} class="choice" aria-pressed={outcome === one} onClick={() => setOutcome(one)}>
            <b>{modelOutcomeTexts[one]}</b>
            <span class="soft">{modelOutcomeHint(one, cause)}</span>
          </button>
        ))}
      </div>
      <NameField actor={actor} setActor={setActor} />
      <NoteField note={note} setNote={setNote} />
      <Notice text={error} />
      <button type="submit" class="main" disabled={!mayBeSent || outcome === null}>
        Close {id}
      </button>
      <button type="button" class="quiet" onClick={onCancel}>
        Not now
      </button>
    </form>
  );
}
