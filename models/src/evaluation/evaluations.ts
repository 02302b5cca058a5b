// The public sets `millwright-models eval` knows, by the word on the command line.
import { cmapssEvaluation } from "./cmapss-evaluation.ts";
import type { Evaluation } from "./evaluation.ts";
import { skabEvaluation } from "./skab-evaluation.ts";

export const evaluations: Readonly<Record<string, Evaluation>> = {
  cmapss: cmapssEvaluation,
  skab: skabEvaluation,
};
