// A machine that was serviced has another normal. Two taps: say so, sign it. What became of it is said by the machine's line.
import { useState } from "preact/hooks";
import type { MachineCard } from "../../src/fleet/read-machines.ts";
import { Notice } from "./notice.tsx";
import { NameField, useSigned } from "./signed-form.tsx";

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
  const { actor, setActor, error, mayBeSent, send } = useSigned("/api/machines/relearn", () => {
    onEnd();
    onAsked();
  });
  return (
    <form class="inset" aria-label={`${name} was serviced`} onSubmit={(event) => void send(event, { tenant: machine.tenant, site, name })}>
      <p>{name} forgets what was normal and learns it again. While it learns, only its fixed limits are watched.</p>
      <NameField actor={actor} setActor={setActor} />
      <Notice text={error} />
      <button type="submit" class="main" disabled={!mayBeSent}>
        Learn {name} again
      </button>
      <button type="button" class="quiet" onClick={onEnd}>
        Not now
      </button>
    </form>
  );
}
