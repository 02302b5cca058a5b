// An engineer looked at a model: train it again, or keep it. Three taps: say so, choose, sign it.
import { useState } from "preact/hooks";
import type { ModelOutcome } from "../../src/store/tables.ts";
import type { ModelTicketCard } from "../../src/tickets/model-tickets.ts";
import { modelOutcomeTexts } from "../../src/tickets/texts.ts";
import { callApi } from "./call-api.ts";
import { Notice } from "./notice.tsx";
import { ownName, rememberOwnName } from "./own-name.ts";

type Props = { ticket: Pick<ModelTicketCard, "id" | "machine">; onDone: () => void };

export function ModelAnswer({ ticket, onDone }: Props) {
  const [isAnswering, setAnswering] = useState(false);
  if (isAnswering) return <Answer ticket={ticket} onDone={onDone} onCancel={() => setAnswering(false)} />;
  return (
    <button type="button" class="second" onClick={() => setAnswering(true)}>
      I looked at it
    </button>
  );
}

function Answer({ ticket: { id, machine }, onDone, onCancel }: Props & { onCancel: () => void }) {
  const [outcome, setOutcome] = useState<ModelOutcome | null>(null);
  const [actor, setActor] = useState(ownName);
  const [note, setNote] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setSending(true);
    rememberOwnName(actor);
    const body = { actor, outcome, ...(note.trim() === "" ? {} : { note }) };
    await callApi(`/api/model-tickets/${id}/close`, body).then(onDone, (failure: Error) => setError(failure.message));
    setSending(false);
  };
  return (
    <form class="inset" aria-label={`${id}: the model of ${machine.name}`} onSubmit={(event) => void send(event)}>
      <div class="choices">
        {Object.entries(modelOutcomeTexts).map(([one, { text, hint }]) => (
          <button type="button" key={one} class="choice" aria-pressed={outcome === one} onClick={() => setOutcome(one as ModelOutcome)}>
            <b>{text}</b>
            <span class="soft">{hint}</span>
          </button>
        ))}
      </div>
      <label>
        Your name
        <input required maxLength={80} autocomplete="name" value={actor} onInput={(event) => setActor(event.currentTarget.value)} />
      </label>
      <label>
        Note (if you like)
        <textarea rows={2} maxLength={2_000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </label>
      <Notice text={error} />
      <button type="submit" class="main" disabled={isSending || outcome === null || actor.trim() === ""}>
        Close {id}
      </button>
      <button type="button" class="quiet" onClick={onCancel}>
        Not now
      </button>
    </form>
  );
}
