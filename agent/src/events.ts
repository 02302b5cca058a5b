// What `millwright-agent run` says: each event has its JSON line and its sentence, in one place. Nobody else writes to stdout.
import type { ModelCause } from "@millwright/contract/event";
import type { Level } from "@millwright/contract/prediction";
import { counted } from "@millwright/kit/counted";

export type RunEvent =
  | { event: "ready"; agent: string; epoch: string; machines: string[] }
  | { event: "learning"; machine: string; readiness: number; missing: string }
  | { event: "scoring"; machine: string; generation: number; state?: string }
  | { event: "learning_refused"; machine: string; state?: string; reason: string }
  | { event: "model_refused"; machine: string; state?: string; reason: string }
  | { event: "prognosis"; machine: string; text: string }
  | { event: "layer"; machine: string; layer: string; isReady: boolean; text: string }
  | { event: "model_rolled_back"; machine: string; text: string }
  | { event: "level"; machine: string; level: Level; score: number | null; sentence: string }
  | { event: "sensor"; machine: string; point: string; text: string }
  | { event: "device"; text: string }
  | { event: "connected"; text: string }
  | { event: "verdict"; machine: string; verdict: string; actor: string }
  | { event: "model_report"; machine: string; text: string; causes: readonly ModelCause[] }
  | { event: "stopped"; rows: number; samples: number };

export type SayEvent = (event: RunEvent) => void;

const inState = (state: string | undefined): string => (state === undefined ? "" : ` in state ${state}`);

const sentences: { [E in RunEvent["event"]]: (event: Extract<RunEvent, { event: E }>) => string } = {
  ready: ({ agent, machines }) => `agent ${agent} runs with ${machines.join(", ")}`,
  learning: ({ machine, readiness, missing }) =>
    `${machine} learns what is normal: ${Math.round(readiness * 100)} %${missing === "" ? "" : `, still missing: ${missing}`}`,
  scoring: ({ machine, generation, state }) =>
    `${machine} is watched${inState(state)}, by ${generation === 0 ? "the given model" : `baseline ${generation}`}`,
  learning_refused: ({ machine, state, reason }) =>
    `${machine}: no baseline${inState(state)} from these rows: ${reason}. Learning begins again.`,
  model_refused: ({ machine, state, reason }) =>
    `${machine}: the model${inState(state)} is refused, predictions are unavailable, limits still alarm. ${reason}`,
  prognosis: ({ machine, text }) => `${machine}: ${text}`,
  layer: ({ machine, text }) => `${machine}: ${text}`,
  model_rolled_back: ({ machine, text }) => `${machine}: ${text}`,
  level: ({ machine, level, score, sentence }) =>
    `${machine}: ${level}${score === null ? "" : ` (score ${score.toFixed(2)})`}: ${sentence}`,
  sensor: ({ machine, text }) => `${machine}: ${text}`,
  device: ({ text }) => text,
  connected: ({ text }) => text,
  verdict: ({ machine, verdict, actor }) => `${machine}: ${actor} says "${verdict}"`,
  model_report: ({ machine, text }) => `${machine}: ${text}`,
  stopped: ({ rows, samples }) =>
    `stopped after ${counted(rows, "row")} with ${counted(samples, "good value")}; what the gateway has not confirmed stays in the outbox`,
};

/** JSON lines, or a sentence a line. */
export function runEventWriter({ isJson, out }: { isJson: boolean; out: NodeJS.WritableStream }): SayEvent {
  return (event) => {
    const sentence = sentences[event.event] as (event: RunEvent) => string;
    out.write(isJson ? `${JSON.stringify(event)}\n` : `${sentence(event)}\n`);
  };
}
