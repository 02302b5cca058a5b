// The public sets `millwright-models eval` knows, by the word on the command line.
import { cmapssEvaluation } from "./cmapss-evaluation.ts";
import type { Evaluation } from "./evaluation.ts";
import { explanationsEvaluation } from "./explanations-evaluation.ts";
import { extrapolationEvaluation } from "./extrapolation-evaluation.ts";
import { horizonsEvaluation } from "./horizons-evaluation.ts";
import { hydraulicEvaluation } from "./hydraulic-evaluation.ts";
import { imsEvaluation } from "./ims-evaluation.ts";
import { nabEvaluation } from "./nab-evaluation.ts";
import { pronostiaEvaluation } from "./pronostia-evaluation.ts";
import { skabEvaluation } from "./skab-evaluation.ts";
import { statesEvaluation } from "./states-evaluation.ts";
import { tepEvaluation } from "./tep-evaluation.ts";

export const evaluations: Readonly<Record<string, Evaluation>> = {
  cmapss: cmapssEvaluation,
  explanations: explanationsEvaluation,
  extrapolation: extrapolationEvaluation,
  horizons: horizonsEvaluation,
  nab: nabEvaluation,
  skab: skabEvaluation,
  hydraulic: hydraulicEvaluation,
  ims: imsEvaluation,
  pronostia: pronostiaEvaluation,
  states: statesEvaluation,
  tep: tepEvaluation,
};
