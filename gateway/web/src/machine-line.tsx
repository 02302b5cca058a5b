import type { MachineCard } from "../../src/fleet/read-machines.ts";
import { ageText } from "./age-text.ts";
import { LevelMark } from "./level-mark.tsx";
import { silenceText } from "./silence-text.ts";

export function MachineLine({ machine, nowMs }: { machine: MachineCard; nowMs: number }) {
  const {
    machine: { name },
    place,
    phase,
    readiness,
    missing,
    level,
    level_text,
    score_text,
    row_ms,
    silent,
    answered,
    relearn,
    ticket,
    forecast,
    layers,
  } = machine;
  const percent = Math.floor(readiness * 100);
  const isLearning = phase === "learning";
  const state = isLearning && missing !== null ? missing : (score_text ?? "no score");
  return (
    <>
      <span class="line-top">
        <span>
          <strong>{name}</strong> <span class="soft">{place}</span>
        </span>
        <MachineMark machine={machine} />
      </span>
      {isLearning && silent === null && <progress max={100} value={percent} aria-label={`Readiness of ${name}`} />}
      <span class="soft">
        {silent !== null ? silenceText(silent, nowMs) : `${state}${row_ms === null ? "" : ` · last row ${ageText(row_ms, nowMs)}`}`}
        {ticket !== null && (
          <>
            {" "}
            · <a href={`#/ticket/${ticket}`}>{ticket}</a>
          </>
        )}
      </span>
      {silent === null && !isLearning && missing !== null && (
        <NotYet readiness={readiness} of={`the running states of ${name}`} text={`Not yet watched in every state: ${missing}`} />
      )}
      {silent === null &&
        layers.map(({ layer, readiness, text }) => <NotYet key={layer} readiness={readiness} of={`${layer} of ${name}`} text={text} />)}
      {silent !== null && level !== "normal" && (
        <span>
          {silent.since_ms === null ? "Its box last said" : "Before that"} <b>{level_text.toLowerCase()}</b>.
        </span>
      )}
      {answered !== null && silent === null && (
        <span>
          {answered.text} (<a href={`#/ticket/${answered.ticket}`}>{answered.ticket}</a>)
        </span>
      )}
      {forecast !== null && silent === null && <span>{forecast.text}</span>}
      {relearn !== null && (
        <span class="soft">
          {relearn.text} ({ageText(relearn.asked_ms, nowMs)}).
        </span>
      )}
    </>
  );
}

/** What does not watch yet: some of the running states, a layer beside the baseline. */
function NotYet({ readiness, of, text }: { readiness: number; of: string; text: string | null }) {
  if (text === null) return null;
  return (
    <>
      <progress max={100} value={Math.floor(readiness * 100)} aria-label={`Readiness of ${of}`} />
      <span class="soft wrap">{text}</span>
    </>
  );
}

function MachineMark({ machine: { silent, phase, readiness, level, level_text } }: { machine: MachineCard }) {
  if (silent !== null) return <LevelMark level="silent" text="No data" />;
  if (level === "normal" && phase === "learning") return <span class="soft whole">learning {Math.floor(readiness * 100)}&nbsp;%</span>;
  if (level === "normal" && phase === "unavailable") return <span class="soft whole">no model</span>;
  return <LevelMark level={level} text={level_text} />;
}
