// Figures as people read them: with their unit, a span of time, a score. Pure.
import { unitText } from "@millwright/kit/unit-text";

/** Three significant figures with the unit; enough for a decision, short enough for a phone. */
export function amount(value: number, unit: string): string {
  const text = unitText(unit);
  return text === "" ? figure(value) : text === "%" ? `${figure(value)} %` : `${figure(value)} ${text}`;
}

export const figure = (value: number): string => (Math.abs(value) >= 1_000 ? value.toFixed(0) : String(Number(value.toPrecision(3))));
export const scoreText = (score: number): string => (Math.abs(score) >= 10 ? score.toFixed(0) : score.toFixed(1));

/** A span of time to read: "50 s", "33 min", "2 h 5 min", "3 d 4 h". */
export function spanText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 120_000) return `${Math.round(ms / 1_000)}\u00a0s`;
  if (minutes < 60) return `${minutes}\u00a0min`;
  const [large, small, largeUnit, smallUnit] =
    minutes < 1_440
      ? [Math.floor(minutes / 60), minutes % 60, "h", "min"]
      : [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60), "d", "h"];
  return `${large}\u00a0${largeUnit}${small === 0 ? "" : ` ${small}\u00a0${smallUnit}`}`;
}
