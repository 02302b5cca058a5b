// The same for derived points and running_when: one mistake each, and the one line that must say so.
import { type BrokenConfig, config } from "./good-config.ts";

export const brokenExpressionConfigs: readonly BrokenConfig[] = [
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
    name: "a state of what is not there",
    files: config("    limits:\n", "    states: { full: flw > 1 }\n    limits:\n"),
    line: 'agent.yaml:21:21  machines.M-2.states.full uses "flw", which is not a point of this machine. Did you mean "flow"?',
  },
  {
    name: "a state that is a number",
    files: config("    limits:\n", "    states: { full: flow > 1, idle: flow * 2 }\n    limits:\n"),
    line: "agent.yaml:21:37  machines.M-2.states.idle makes a number, and a machine is in a state or is not. Compare it, e.g. POINT > 0.",
  },
  {
    name: "a state without a point",
    files: config("    limits:\n", "    states: { rest: 2 > 1 }\n    limits:\n"),
    line: "agent.yaml:21:21  machines.M-2.states.rest uses no point, so it would never change. Use points of this machine.",
  },
  {
    name: "a state with a name that no bundle can have",
    files: config("    limits:\n", "    states: { Full: flow > 1 }\n    limits:\n"),
    line: 'agent.yaml:21:21  machines.M-2.states.Full must begin with a small letter and hold at most 32 small letters, digits or _, not "Full"',
  },
  {
    name: "states without one",
    files: config("    limits:\n", "    states: {}\n    limits:\n"),
    line: "agent.yaml:21:13  machines.M-2.states needs at least one state, not 0",
  },
  {
    name: "states beside a given bundle",
    files: {
      ...config("    limits:\n", "    model: given\n    states: { full: flow > 1 }\n    limits:\n"),
      "given/manifest.json": "{}",
    },
    line: "agent.yaml:22:5  machines.M-2.states are learned on the box, and model: gives one bundle for all of them. Leave one of the two out.",
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
