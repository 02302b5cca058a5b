// A machine that was serviced has another normal. Two taps: say so, sign it. What became of it is said by the machine's line.
import { useState } from "preact/hooks";
import type { MachineCard } from "../../src/fleet/read-machines.ts";
import { callApi } from "./call-api.ts";
import { Notice } from "./notice.tsx";
import { ownName, rememberOwnName } from "./own-name.ts";

type Props = { machine: Pick<MachineCard, "tenant" | "machine" | "relearn">; text: string; onAsked: () => void };

export function RelearnAction({ machine, text, onAsked }: Props) {
  const [isAsking, setAsking] = useState(false);
  // While one is on its way, another would say nothing new.
  if (machine.relearn?.state === "sent") return null;
  if (!isAsking)
    return (
      <button type="button" class="second" onClick={() => setAsking(true)}>
        {text}
      </button>
    );
  return <Signature machine={machine} onEnd={() => setAsking(false)} onAsked={onAsked} />;
}

function Signature({ machine, onEnd, onAsked }: Omit<Props, "text"> & { onEnd: () => void }) {
  const { site, name } = machine.machine;
  const [actor, setActor] = useState(ownName);
  const [error, setError] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setSending(true);
    rememberOwnName(actor);
    await callApi("/api/machines/relearn", { tenant: machine.tenant, site, name, actor }).then(
      () => {
        onEnd();
        onAsked();
      },
      (failure: Error) => setError(failure.message),
    );
    setSending(false);
  };
  return (
    <form class="inset" aria-label={`${name} was serviced`} onSubmit={(event) => void send(event)}>
      <p>{name} forgets what was normal and learns it again. While it learns, only its fixed limits are watched.</p>
      <label>
        Your name
        <input required maxLength={80} autocomplete="name" value={actor} onInput={(event) => setActor(event.currentTarget.value)} />
      </label>
      <Notice text={error} />
      <button type="submit" class="main" disabled={isSending || actor.trim() === ""}>
        Learn {name} again
      </button>
      <button type="button" class="quiet" onClick={onEnd}>
        Not now
      </button>
    </form>
  );
}
