// Failure mode codes (ISO 14224:2016 annex B) and what a technician calls them. UNK until something diagnoses; AIR when the sensor was wrong.
import * as v from "valibot";

/** code → plain words. Codes never change meaning; texts may. */
export const failureModes = {
  UNK: "not diagnosed yet",
  VIB: "vibration",
  OHE: "overheating",
  ELU: "external leakage",
  INL: "internal leakage",
  NOI: "noise",
  LOO: "low output",
  ERO: "erratic output",
  PLU: "plugged or choked",
  STD: "structural deficiency",
  FTS: "failure to start",
  BRD: "breakdown",
  PDE: "parameter deviation",
  AIR: "abnormal instrument reading (the sensor was wrong)",
} as const;

export const FailureMode = v.picklist(Object.keys(failureModes) as (keyof typeof failureModes)[]);
export type FailureMode = v.InferOutput<typeof FailureMode>;
