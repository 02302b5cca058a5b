// Configurations with one mistake each, and the one line that must say so. Read the lines as a technician would.

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

const config = (from: string, to: string): Record<string, string> => ({ "agent.yaml": changed(goodConfig, from, to) });
const template = (from: string, to: string): Record<string, string> => ({ "own/acme/flow-meter.yaml": changed(goodTemplate, from, to) });

function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`nothing to change: ${from}`);
  return text.replace(from, to);
}

export const brokenConfigs: readonly BrokenConfig[] = [
  {
    name: "an unknown key",
    files: config("    model: auto", "    modell: auto"),
    line: 'agent.yaml:12:5  unknown key "modell". Did you mean "model"?',
  },
  {
    name: "an unknown key of a bus",
    files: config("timeout: 200ms", "time_out: 200ms"),
    line: 'agent.yaml:7:33  unknown key "time_out". Did you mean "timeout"?',
  },
  {
    name: "a trusted key that is none",
    files: config("templates: [own]", "templates: [own]\ntrusted_keys: { workshop: abc }"),
    line: 'agent.yaml:6:27  trusted_keys.workshop must be ed25519: and 64 hexadecimal digits, not "abc"',
  },
  {
    name: "bad YAML",
    files: config('gateway: { url: "mqtt://10.0.0.1:1883" }', 'gateway: { url: "mqtt://10.0.0.1:1883"'),
    line: "agent.yaml:5:1  not valid YAML: Flow map in block collection must be sufficiently indented and end with a }. Check indentation, colons and quotes.",
  },
  { name: "a tab", files: config("  panel:", "\tpanel:"), line: "agent.yaml:7:1  indentation with a tab. Use spaces." },
  { name: "an empty file", files: { "agent.yaml": "" }, line: "agent.yaml:1:1  is empty. Write the configuration into it." },
  { name: "a missing key", files: config("agent: hall-1\n", ""), line: "agent.yaml:1:1  agent is missing. Add it." },
  {
    name: "a machine twice",
    files: config("  M-2:", "  M-1:"),
    line: "agent.yaml:15:3  this name stands here twice. Rename or remove one.",
  },
  {
    name: "a wrong type",
    files: config("unit: 1,", "unit: one,"),
    line: 'agent.yaml:14:29  machines.M-1.reads.0.unit must be a number, not "one"',
  },
  {
    name: "a unit that cannot be",
    files: config("unit: 1,", "unit: 256,"),
    line: "agent.yaml:14:29  machines.M-1.reads.0.unit must be from 0 to 255, not 256",
  },
  {
    name: "a class that is not known",
    files: config("class: other\n    every", "class: pumpe\n    every"),
    line: 'agent.yaml:10:12  machines.M-1.class must be "centrifugal-pump" or "motor" or "fan" or "compressor" or "gearbox" or "test-rig" or "other", not "pumpe"',
  },
  {
    name: "a duration without a unit",
    files: config("timeout: 200ms", "timeout: 200"),
    line: "agent.yaml:7:42  buses.panel.timeout must be a duration from 1ms to 60s, e.g. 500ms, 10s, 3m, 2h or 7d, not 200",
  },
  {
    name: "a bus without a port",
    files: config("10.0.0.7:502", "10.0.0.7"),
    line: 'agent.yaml:7:17  buses.panel.tcp must be host:port, e.g. 192.168.1.7:502, not "10.0.0.7"',
  },
  {
    name: "a port that cannot be",
    files: config("10.0.0.7:502", "10.0.0.7:70000"),
    line: 'agent.yaml:7:17  buses.panel.tcp "10.0.0.7:70000": port 70000 must be from 1 to 65535; Modbus TCP is usually 502.',
  },
  {
    name: "a bus that is not there",
    files: config("bus: panel, unit: 1", "bus: pannel, unit: 1"),
    line: 'agent.yaml:14:16  machines.M-1.reads.0.bus "pannel" is not one of the buses. Did you mean "panel"?',
  },
  {
    name: "two buses on one endpoint",
    files: config("machines:", '  other: { tcp: "10.0.0.7:502" }\nmachines:'),
    line: 'agent.yaml:8:17  buses.other.tcp "10.0.0.7:502" is bus "panel" already. One endpoint is one bus: use "panel" in the reads, and remove this one.',
  },
  {
    name: "a template typo",
    files: config("template: acme/flow-meter, every: 500ms", "template: acme/flow-metre, every: 500ms"),
    line: 'agent.yaml:14:42  machines.M-1.reads.0.template "acme/flow-metre" not found. Did you mean "acme/flow-meter"?',
  },
  {
    name: "a template name that is none",
    files: config("template: acme/flow-meter, every: 500ms", "template: Flow Meter, every: 500ms"),
    line: 'agent.yaml:14:42  machines.M-1.reads.0.template "Flow Meter" must be vendor/device in small letters. Known here: abb/acs355, abb/b23-b24, acme/flow-meter, amc-vibro/avs-2000r, aucom/emx3, aucom/emx4, automation-direct/gs2, banner/qm30vt2, bestsens/bemos, carlo-gavazzi/em24, carlo-gavazzi/em330-em340, danfoss/fc-51, ….',
  },
  {
    name: "a built-in template typo",
    files: config("template: acme/flow-meter, every: 500ms", "template: sim/centrifugal-pmup, every: 500ms"),
    line: 'agent.yaml:14:42  machines.M-1.reads.0.template "sim/centrifugal-pmup" not found. Did you mean "sim/centrifugal-pump"?',
  },
  {
    name: "a template folder that is not there",
    files: config("[own]", "[own, mine]"),
    line: 'agent.yaml:5:18  templates.1 "mine" is not a folder. Give the folder that holds <vendor>/<device>.yaml.',
  },
  {
    name: "a point that is not there",
    files: config("[flow]", "[floww]"),
    line: 'agent.yaml:20:77  machines.M-2.reads.0.only.0 "floww" is not a point of acme/flow-meter. Did you mean "flow"?',
  },
  {
    name: "a point twice in only",
    files: config("[flow]", "[flow, flow]"),
    line: 'agent.yaml:20:83  machines.M-2.reads.0.only.1 "flow" stands here twice. Remove one.',
  },
  {
    name: "limits of a point that is not there",
    files: config("      flow: {", "      flows: {"),
    line: 'agent.yaml:22:7  machines.M-2.limits.flows is not a point of this machine. Did you mean "flow"?',
  },
  {
    name: "limits in wrong order",
    files: config("critical_low: 0.5", "critical_low: 2"),
    line: "agent.yaml:22:45  machines.M-2.limits.flow.critical_low 2 is above warning_low 1. Swap them, or correct one.",
  },
  {
    name: "no machine",
    files: { "agent.yaml": `${goodConfig.slice(0, goodConfig.indexOf("machines:"))}machines: {}\n` },
    line: "agent.yaml:8:1  machines is empty. Add at least one machine.",
  },
  {
    name: "a machine without reads",
    files: config("\n      - { bus: panel, unit: 1, template: acme/flow-meter, every: 500ms }", " []"),
    line: "agent.yaml:13:12  machines.M-1.reads needs at least one read",
  },
  {
    name: "rows faster than reads",
    files: config("every: 10s", "every: 2s"),
    line: "agent.yaml:18:12  machines.M-2.every 2s is shorter than the period of its fastest read, 5s: rows would only repeat. Make it 5s or more, or read more often.",
  },
  {
    name: "the same point from two reads",
    files: config(
      "only: [flow] }",
      "only: [flow] }\n      - { bus: panel, unit: 3, template: acme/flow-meter, every: 5s, only: [status, flow] }",
    ),
    line: 'agent.yaml:21:42  machines.M-2.reads.1.template brings point "flow", which reads.0 brings already. Say with only: which points each read shall bring.',
  },
  {
    name: "a second update counter",
    files: {
      ...config("only: [flow] }", "only: [rows] }\n      - { bus: panel, unit: 3, template: acme/other-meter, every: 5s }"),
      "own/acme/other-meter.yaml": goodTemplate.replace("flow-meter", "other-meter").replace("rows:", "count:"),
    },
    line: 'agent.yaml:21:42  machines.M-2.reads.1.template brings a second update counter "count" besides "rows". A machine has one: leave one out with only:.',
  },
  {
    name: "a model that is not there",
    files: config("model: auto", "model: atuo"),
    line: 'agent.yaml:12:12  machines.M-1.model "atuo" does not exist. Give the folder of a bundle, or "auto" to learn on the box.',
  },
  {
    name: "a model folder without a model",
    files: config("model: auto", "model: own"),
    line: 'agent.yaml:12:12  machines.M-1.model "own" has no manifest.json in it. Give the folder of a bundle, or "auto" to learn on the box.',
  },
  {
    name: "a password in the URL",
    files: config("mqtt://10.0.0.1:1883", "mqtt://me:secret@10.0.0.1:1883"),
    line: "agent.yaml:4:17  gateway.url must not hold a name or a password. Use username and password_file.",
  },
  {
    name: "a gateway port that cannot be",
    files: config("10.0.0.1:1883", "10.0.0.1:99999"),
    line: 'agent.yaml:4:17  gateway.url "mqtt://10.0.0.1:99999" is not an address. Write mqtt://host:port, with a port from 1 to 65535.',
  },
  {
    name: "a password without a name",
    files: { ...config('1883" }', '1883", password_file: p.secret }'), "p.secret": "x" },
    line: "agent.yaml:4:56  gateway.password_file needs a username beside it. Add username.",
  },
  {
    name: "a file where the data shall be",
    files: config("templates:", "data_dir: own/acme/flow-meter.yaml\ntemplates:"),
    line: 'agent.yaml:5:11  data_dir "own/acme/flow-meter.yaml" is a file. Give a folder.',
  },
  {
    name: "a register out of range",
    files: template("register: 11,", "register: 65537,"),
    line: "own/acme/flow-meter.yaml:10:23  points.status.register must be from 0 to 65536, not 65537",
  },
  {
    name: "a register whose value ends out of range",
    files: template("register: 3,", "register: 65536,"),
    line: "own/acme/flow-meter.yaml:9:21  points.flow.register 65536 is out of range: float32 (2 registers) would end at register 65537, the last one is 65536.",
  },
  {
    name: "register 0 where the manual counts from 1",
    files: template("register: 1,", "register: 0,"),
    line: "own/acme/flow-meter.yaml:8:21  points.rows.register 0 is before the first register, which is 1 here (base: 1). Use the manual's number, or base: 0.",
  },
  {
    name: "a template with an unknown key",
    files: template("trust: stated", "trust: stated\nmax_blok: 60"),
    line: 'own/acme/flow-meter.yaml:5:1  unknown key "max_blok". Did you mean "max_block"?',
  },
  {
    name: "a template with bad YAML",
    files: template("points:", "points: {"),
    line: "own/acme/flow-meter.yaml:9:3  not valid YAML: Missing , between flow map items. Check indentation, colons and quotes.",
  },
  {
    name: "a template with a type that does not exist",
    files: template("type: float32", "type: float"),
    line: 'own/acme/flow-meter.yaml:9:30  points.flow.type must be "uint16" or "int16" or "uint32" or "int32" or "uint64" or "int64" or "float16" or "float32" or "float64" or "bcd16" or "bcd32" or "string", not "float"',
  },
  {
    name: "a template whose name is not its file's",
    files: template("acme/flow-meter", "acme/flowmeter"),
    line: 'own/acme/flow-meter.yaml:1:11  template "acme/flowmeter" must be "acme/flow-meter", as the file lies in its folder.',
  },
  {
    name: "two update counters in a template",
    files: template("role: context", "role: update_counter"),
    line: 'own/acme/flow-meter.yaml:10:71  points.status.role is a second update_counter; "rows" is one already. Make it context.',
  },
  {
    name: "a range upside down",
    files: template("[0, 100]", "[100, 0]"),
    line: "own/acme/flow-meter.yaml:9:58  points.flow.range must be [lowest, highest], not [100, 0].",
  },
  {
    name: "a sentinel that cannot be",
    files: template("order: ABCD,", "sentinels: [65536],"),
    line: "own/acme/flow-meter.yaml:10:53  points.status.sentinels.0 65536 can never stand in a uint16. Give the raw value as it stands in the register.",
  },
  {
    name: "a block too small for a value",
    files: template("order: CDAB", "order: CDAB\nmax_block: 1"),
    line: "own/acme/flow-meter.yaml:7:12  max_block 1 is too small for points.rows: uint32 (2 registers) is read at once. Raise it.",
  },
  {
    name: "template limits in wrong order",
    files: template("{ warning_low: 5 }", "{ warning_high: 5, critical_high: 4 }"),
    line: "own/acme/flow-meter.yaml:9:92  points.flow.limits.warning_high 5 is above critical_high 4. Swap them, or correct one.",
  },
  {
    name: "a derived point of what is not there",
    files: config("    limits:\n", "    derived: { power: flw * 2 }\n    limits:\n"),
    line: 'agent.yaml:21:23  machines.M-2.derived.power uses "flw", which is not a point of this machine. Did you mean "flow"?',
  },
  {
    name: "a derived point that is text",
    files: config("    limits:\n", "    derived: { power: \"flow > 1 ? 'a' : 'b'\" }\n    limits:\n"),
    line: "agent.yaml:21:35  machines.M-2.derived.power holds 'a', and only numbers, true and false can be used. Write a number.",
  },
  {
    name: "a derived point of true and numbers",
    files: config("    limits:\n", '    derived: { power: { expression: "10 * flow + (flow > 3)", unit: kW } }\n    limits:\n'),
    line: "agent.yaml:21:38  machines.M-2.derived.power.expression cannot be computed: there is no number + condition. Write (a > b ? 1 : 0) to count with a condition.",
  },
  {
    name: "a derived point that ends too early",
    files: config("    limits:\n", "    derived: { power: 'flow * ' }\n    limits:\n"),
    line: "agent.yaml:21:31  machines.M-2.derived.power is no expression: it ends too early.",
  },
  {
    name: "a function that is not there",
    files: config("    limits:\n", "    derived:\n      power: 2 * mx(flow, 2)\n    limits:\n"),
    line: 'agent.yaml:22:18  machines.M-2.derived.power calls mx(), which there is not. Did you mean "max"?',
  },
  {
    name: "a derived point of a later one",
    files: config("    limits:\n", "    derived: { power: 2 * head, head: flow / 3 }\n    limits:\n"),
    line: 'agent.yaml:21:23  machines.M-2.derived.power uses "head", which stands behind it. Move head up.',
  },
  {
    name: "derived points in a circle",
    files: config("    limits:\n", "    derived: { power: flow + gain, gain: loss - 1, loss: power }\n    limits:\n"),
    line: "agent.yaml:21:23  machines.M-2.derived.power is made of itself: power uses gain uses loss uses power. Break the circle.",
  },
  {
    name: "a derived point of itself",
    files: config("    limits:\n", "    derived: { power: power + 1 }\n    limits:\n"),
    line: "agent.yaml:21:23  machines.M-2.derived.power is made of itself: power uses power. Break the circle.",
  },
  {
    name: "a derived point with a name that is taken",
    files: config("    limits:\n", "    derived: { flow: '2' }\n    limits:\n"),
    line: "agent.yaml:21:16  machines.M-2.derived.flow is a point of this machine already. Give it another name.",
  },
  {
    name: "a derived point with a range upside down",
    files: config("    limits:\n", "    derived: { power: { expression: flow, range: [1, 0] } }\n    limits:\n"),
    line: "agent.yaml:21:50  machines.M-2.derived.power.range must be [lowest, highest], not [1, 0].",
  },
  {
    name: "running_when of what is not there",
    files: config("    limits:\n", "    running_when: 1 < flw\n    limits:\n"),
    line: 'agent.yaml:21:23  machines.M-2.running_when uses "flw", which is not a point of this machine. Did you mean "flow"?',
  },
  {
    name: "running_when that is a number",
    files: config("    limits:\n", "    running_when: flow * 2\n    limits:\n"),
    line: "agent.yaml:21:19  machines.M-2.running_when makes a number, and a machine runs or does not. Compare it, e.g. POINT > 0.",
  },
  {
    name: "running_when without a point",
    files: config("    limits:\n", "    running_when: 2 > 1\n    limits:\n"),
    line: "agent.yaml:21:19  machines.M-2.running_when uses no point, so it would never change. Use points of this machine.",
  },
  {
    name: "running_when that ends too early",
    files: config("    limits:\n", "    running_when: 'flow > '\n    limits:\n"),
    line: "agent.yaml:21:27  machines.M-2.running_when is no expression: it ends too early.",
  },
  {
    name: "settle without running_when",
    files: config("    limits:\n", "    settle: 30s\n    limits:\n"),
    line: "agent.yaml:21:5  machines.M-2.settle says nothing without running_when. Say when this machine runs.",
  },
  {
    name: "a derived point that is a number",
    files: config("    limits:\n", "    derived: { power: 2 }\n    limits:\n"),
    line: "agent.yaml:21:23  machines.M-2.derived.power must be text or a mapping (name: value), not 2",
  },
  {
    name: "a derived point with an unknown key",
    files: config("    limits:\n", "    derived: { power: { expresion: flow } }\n    limits:\n"),
    line: 'agent.yaml:21:25  unknown key "expresion". Did you mean "expression"?',
  },
];
