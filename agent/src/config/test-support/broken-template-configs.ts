// The same for templates: one mistake each, and the one line that must say so.
import { type BrokenConfig, template } from "./good-config.ts";

export const brokenTemplateConfigs: readonly BrokenConfig[] = [
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
    name: "a scale factor called like a member of every object",
    files: template("range: [0, 100]", "scale_factor: constructor"),
    line: 'own/acme/flow-meter.yaml:9:65  points.flow.scale_factor "constructor" is not another point of this template. Known here: rows, status.',
  },
  {
    name: "a group with a point called like a member of every object",
    files: template("order: CDAB", "order: CDAB\natomic: [[flow, constructor]]"),
    line: 'own/acme/flow-meter.yaml:7:17  atomic.0.1 "constructor" is not a point of this template. Known here: rows, flow, status.',
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
];
