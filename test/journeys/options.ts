// What one journey is asked to do.
import { numberOption, type Option, requiredOption, UsageError, type Values } from "@millwright/kit/command-line";

export const killable = ["agent", "gateway", "broker"] as const;
export type Killable = (typeof killable)[number];

export type JourneyOptions = {
  recording: string;
  profile: string;
  timeScale: number;
  ledgerFile: string | undefined;
  scramble: string | undefined;
  drop: number;
  stick: string | undefined;
  kill: Killable[];
  seed: number;
  keep: string | undefined;
};

export const journeyOptions = {
  recording: { type: "string", value: "FILE.csv", help: "the recording to put on the wire" },
  profile: { type: "string", value: "PROFILE.yaml", help: "how to read it (see firmware-sim/profiles/)" },
  "time-scale": { type: "string", value: "N", help: "machine seconds per second, 1 to 50 (default 20)" },
  ledger: { type: "string", value: "FILE", help: "write what the agent made durable and what the gateway stored, one JSON line a record" },
  scramble: { type: "string", value: "SEED", help: "change register order, scale, byte order and offsets on the wire" },
  drop: { type: "string", value: "P", help: "drop this share of replies, 0 to 0.5" },
  stick: { type: "string", value: "POINT@S", help: "freeze a sensor from second S of the recording on" },
  kill: {
    type: "string",
    value: "LIST",
    help: "kill -9 these in the middle, one after the other: agent,gateway,broker (with broker: mosquitto)",
  },
  seed: { type: "string", value: "N", help: "of drops and of the moments of the kills (default 1)" },
  keep: { type: "string", value: "DIR", help: "keep configurations, stores and logs there" },
} as const satisfies Record<string, Option>;

/** @throws UsageError */
export function parseJourneyOptions(values: Values): JourneyOptions {
  return {
    recording: requiredOption(values, "recording"),
    profile: requiredOption(values, "profile"),
    timeScale: numberOption(values, "time-scale", { min: 1, max: 50, fallback: 20 }),
    ledgerFile: textOption(values, "ledger"),
    scramble: textOption(values, "scramble"),
    drop: numberOption(values, "drop", { min: 0, max: 0.5, fallback: 0 }),
    stick: textOption(values, "stick"),
    kill: killList(textOption(values, "kill")),
    seed: numberOption(values, "seed", { min: 0, max: 2 ** 32 - 1, fallback: 1 }),
    keep: textOption(values, "keep"),
  };
}

const textOption = (values: Values, name: string): string | undefined => (typeof values[name] === "string" ? values[name] : undefined);

function killList(text: string | undefined): Killable[] {
  if (text === undefined) return [];
  return text.split(",").map((word) => {
    const known = killable.find((name) => name === word);
    if (known === undefined) throw new UsageError(`--kill knows ${killable.join(", ")}, not "${word}"`);
    return known;
  });
}
