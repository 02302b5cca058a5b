// Configurations with one mistake each, and the one line that must say so. Read the lines as a technician would.
import { type BrokenConfig, config, goodConfig, goodTemplate } from "./good-config.ts";

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
    name: "a model that is old after an hour",
    files: config("    model: auto", "    model: auto\n    model_old_after: 1h"),
    line: 'agent.yaml:13:22  machines.M-1.model_old_after must be a duration from 1d to 3650d, e.g. 500ms, 10s, 3m, 2h or 7d, not "1h"',
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
];
