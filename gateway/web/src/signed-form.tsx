// What people answer is signed: the fields of a name and a note, and the request that goes when the form is sent, or says why it did not.
import { useState } from "preact/hooks";
import { callApi } from "./call-api.ts";
import { ownName, rememberOwnName } from "./own-name.ts";

/** Who signs, remembered on this device, and the way of one answer to the gateway. */
export function useSigned(path: string, onDone: () => void) {
  const [actor, setActor] = useState(ownName);
  const [error, setError] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const send = async (event: SubmitEvent, answer: object): Promise<void> => {
    event.preventDefault();
    setSending(true);
    setError(null);
    rememberOwnName(actor);
    await callApi(path, { ...answer, actor }).then(onDone, (failure: Error) => setError(failure.message));
    setSending(false);
  };
  return { actor, setActor, error, mayBeSent: !isSending && actor.trim() !== "", send };
}

export function NameField({ actor, setActor }: { actor: string; setActor: (actor: string) => void }) {
  return (
    <label>
      Your name
      <input required maxLength={80} autocomplete="name" value={actor} onInput={(event) => setActor(event.currentTarget.value)} />
    </label>
  );
}

export function NoteField({ note, setNote }: { note: string; setNote: (note: string) => void }) {
  return (
    <label>
      Note (if you like)
      <textarea rows={2} maxLength={2_000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
    </label>
  );
}

/** As a part of an answer: a note that says nothing is none. */
export const noteOf = (note: string): { note?: string } => (note.trim() === "" ? {} : { note });
