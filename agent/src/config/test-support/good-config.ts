// A configuration and its template without a mistake, and a way to put one in.

export type BrokenConfig = { name: string; files: Record<string, string>; line: string };

export const goodConfig = `version: 1
agent: hall-1
site: acme/line1
gateway: { url: "mqtt://10.0.0.1:1883" }
templates: [own]
buses:
  panel: { tcp: "10.0.0.7:502", timeout: 200ms }
machines:
  M-1:
    class: other
    every: 1s
    model: auto
    reads:
      - { bus: panel, unit: 1, template: acme/flow-meter, every: 500ms }
  M-2:
    class: other
    site: acme/line2
    every: 10s
    reads:
      - { bus: panel, unit: 2, template: acme/flow-meter, every: 5s, only: [flow] }
    limits:
      flow: { warning_low: 1, critical_low: 0.5 }
`;

export const goodTemplate = `template: acme/flow-meter
title: A flow meter
source: { kind: ours, title: for tests }
trust: stated
base: 1
order: CDAB
points:
  rows: { register: 1, type: uint32, unit: "1", role: update_counter }
  flow: { register: 3, type: float32, unit: m3/h, range: [0, 100], limits: { warning_low: 5 } }
  status: { register: 11, type: uint16, order: ABCD, unit: "1", role: context }
`;

/** The good configuration with one change, as files. */
export const config = (from: string, to: string): Record<string, string> => ({ "agent.yaml": changed(goodConfig, from, to) });
/** The good template with one change, as files. */
export const template = (from: string, to: string): Record<string, string> => ({
  "own/acme/flow-meter.yaml": changed(goodTemplate, from, to),
});

function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`nothing to change: ${from}`);
  return text.replace(from, to);
}
