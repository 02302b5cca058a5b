// The same for devices that answer with JSON or speak lines of text: one mistake each, and the one line that must say so.
import type { BrokenConfig } from "./good-config.ts";

export const deviceConfig = `version: 1
agent: hall-1
site: acme/line1
gateway: { url: "mqtt://10.0.0.1:1883" }
templates: [own]
buses:
  master: { http: "http://10.0.0.9", timeout: 2s }
  scale: { port: /dev/ttyUSB0, protocol: text, baud: 9600 }
  modbus: { port: /dev/ttyUSB1 }
machines:
  M-1:
    class: other
    every: 10s
    reads:
      - { bus: master, unit: 3, template: acme/io-link, every: 1s }
      - { bus: scale, template: acme/scale, every: 1s }
      - { bus: modbus, unit: 1, template: sim/centrifugal-pump, every: 1s, only: [flow] }
`;

export const jsonTemplate = `template: acme/io-link
title: A temperature sensor behind an IO-Link master
source: { kind: ours, title: for tests }
trust: stated
protocol: http-json
path: /port[{unit}]/pdin
time: { pointer: /at, format: iso, max_age: 10m }
points:
  temperature: { pointer: /data/value, bytes: { at: 0, type: int16, bits: [2, 15] }, scale: 0.1, unit: Cel }
golden:
  - { reply: '{"data":{"value":"03C9"},"at":"2026-11-25"}', values: { temperature: 24.2 } }
`;

export const textTemplate = `template: acme/scale
title: A scale
source: { kind: ours, title: for tests }
trust: stated
protocol: serial-text
send: "P\\r\\n"
pattern: '^S (?<weight>[-+ ]*[0-9.]+) kg$'
points:
  weight: { field: weight, unit: kg, range: [0, 60] }
golden:
  - { reply: "S +  12.50 kg\\r\\n", values: { weight: 12.5 } }
`;

export const deviceFiles = { "agent.yaml": deviceConfig, "own/acme/io-link.yaml": jsonTemplate, "own/acme/scale.yaml": textTemplate };

const changed =
  (name: keyof typeof deviceFiles) =>
  (from: string, to: string): Record<string, string> => {
    const text: string = deviceFiles[name];
    if (!text.includes(from)) throw new Error(`nothing to change: ${from}`);
    return { ...deviceFiles, [name]: text.replace(from, () => to) };
  };
const config = changed("agent.yaml");
const json = changed("own/acme/io-link.yaml");
const text = changed("own/acme/scale.yaml");

export const brokenDeviceConfigs: readonly BrokenConfig[] = [
  {
    name: "Modbus RTU with 7 data bits",
    files: config("modbus: { port: /dev/ttyUSB1 }", "modbus: { port: /dev/ttyUSB1, data_bits: 7 }"),
    line: "agent.yaml:9:44  buses.modbus.data_bits 7 cannot carry Modbus RTU, whose bytes have 8 bits. Remove it; for a device that speaks text add protocol: text.",
  },
  {
    name: "a JSON template on a serial line",
    files: config("bus: master, unit: 3", "bus: modbus, unit: 3"),
    line: 'agent.yaml:15:43  machines.M-1.reads.0.template "acme/io-link" is for HTTP with JSON, and bus "modbus" is a serial line that speaks Modbus RTU. Give this read a bus with http:.',
  },
  {
    name: "a register map on a line of text",
    files: config("bus: modbus, unit: 1", "bus: scale, unit: 1"),
    line: 'agent.yaml:17:42  machines.M-1.reads.2.template "sim/centrifugal-pump" is for Modbus, and bus "scale" is a serial line that speaks text. Give this read a bus with tcp:, rtu_tcp: or port:.',
  },
  {
    name: "a path that needs a unit",
    files: config("bus: master, unit: 3", "bus: master"),
    line: "agent.yaml:15:9  machines.M-1.reads.0 unit is missing. It stands for {unit} in /port[{unit}]/pdin, e.g. unit: 1.",
  },
  {
    name: "a password in an HTTP address",
    files: config("http://10.0.0.9", "http://me:secret@10.0.0.9"),
    line: "agent.yaml:7:19  buses.master.http must not hold a name or a password. Put an Authorization line into headers_file.",
  },
  {
    name: "an HTTP port that cannot be",
    files: config("http://10.0.0.9", "http://10.0.0.9:99999"),
    line: 'agent.yaml:7:19  buses.master.http "http://10.0.0.9:99999" is not an address. Write http://host or http://host:port, with a port from 1 to 65535.',
  },
  {
    name: "a path in an HTTP address",
    files: config("http://10.0.0.9", "http://10.0.0.9/api"),
    line: 'agent.yaml:7:19  buses.master.http must be http://host or http://host:port, not "http://10.0.0.9/api"',
  },
  {
    name: "a headers file that is not there",
    files: config("timeout: 2s", "headers_file: h.secret"),
    line: 'agent.yaml:7:52  buses.master.headers_file "h.secret" does not exist. Write the headers into it, then: chmod 600.',
  },
  {
    name: "a headers file that everybody can read",
    files: { ...config("timeout: 2s", "headers_file: headers"), headers: "Authorization: Bearer s3cret\n" },
    line: 'agent.yaml:7:52  buses.master.headers_file "headers" may be read by everybody on this box. Run: chmod 600, and change the headers.',
  },
  {
    name: "a headers file with a mistake: its line is named, what stands there is not",
    files: { ...config("timeout: 2s", "headers_file: h.secret"), "h.secret": "# token\ns3cret\n" },
    line: 'agent.yaml:7:52  buses.master.headers_file "h.secret" cannot be used: line 2 is not "Name: value".',
  },
  {
    name: "headers for a serial port",
    files: config("baud: 9600", "headers_file: h.secret"),
    line: "agent.yaml:8:48  buses.scale.headers_file is for HTTP, and this bus has port:. Remove it.",
  },
  {
    name: "a pointer that is none",
    files: json("/data/value,", "data.value,"),
    line: 'own/acme/io-link.yaml:9:27  points.temperature.pointer must be a JSON Pointer (RFC 6901), e.g. /data/value; ~1 stands for a / in a name, ~0 for a ~, not "data.value"',
  },
  {
    name: "a path with another placeholder",
    files: json("[{unit}]", "[{port}]"),
    line: "own/acme/io-link.yaml:6:7  path holds {port}; only {unit} stands for something. Write %7B and %7D for braces.",
  },
  {
    name: "bits that the type does not have",
    files: json("[2, 15]", "[2, 16]"),
    line: "own/acme/io-link.yaml:9:75  points.temperature.bytes.bits end at bit 16, and the highest bit of int16 is 15.",
  },
  {
    name: "bits of a number with a point",
    files: json("type: int16", "type: float32"),
    line: "own/acme/io-link.yaml:9:77  points.temperature.bytes.bits are for integers of up to 32 bits, not float32. Give the smallest integer that holds them.",
  },
  {
    name: "bits upside down",
    files: json("[2, 15]", "[15, 2]"),
    line: "own/acme/io-link.yaml:9:75  points.temperature.bytes.bits must be [lowest, highest], not [15, 2].",
  },
  {
    name: "a golden reply that is not JSON",
    files: json('{"data"', "{data"),
    line: "own/acme/io-link.yaml:11:14  golden.0.reply is not a JSON document.",
  },
  {
    name: "a golden reply that means something else",
    files: json("24.2", "24.3"),
    line: "own/acme/io-link.yaml:11:84  golden.0.values.temperature is 24.200000000000003 in this reply, not 24.3. Correct the point, or the value.",
  },
  {
    name: "a golden value of a point that is not there",
    files: json("{ temperature: 24.2", "{ temprature: 24.2"),
    line: 'own/acme/io-link.yaml:11:71  golden.0.values.temprature is not a point of this template. Did you mean "temperature"?',
  },
  {
    name: "a delimiter beside a pattern",
    files: text("pattern:", "delimiter: ','\npattern:"),
    line: "own/acme/scale.yaml:8:1  pattern stands beside delimiter:, and a line is taken apart in one way. Keep one of them.",
  },
  {
    name: "neither delimiter nor pattern",
    files: text("pattern: '^S (?<weight>[-+ ]*[0-9.]+) kg$'\n", ""),
    line: "own/acme/scale.yaml:5:11  protocol serial-text needs delimiter: (fields by number) or pattern: (a regular expression with named groups).",
  },
  {
    name: "a field by name between delimiters",
    files: text("pattern: '^S (?<weight>[-+ ]*[0-9.]+) kg$'", "delimiter: ' '"),
    line: "own/acme/scale.yaml:9:20  points.weight.field must be a number: fields between delimiters are counted from 1.",
  },
  {
    name: "a field number 0",
    files: text("field: weight", "field: 0"),
    line: "own/acme/scale.yaml:9:20  points.weight.field must be 1 or more, not 0",
  },
  {
    name: "a group that the pattern does not have",
    files: text("field: weight", "field: wieght"),
    line: 'own/acme/scale.yaml:9:20  points.weight.field "wieght" is not a group of the pattern, written (?<wieght>…). Did you mean "weight"?',
  },
  {
    name: "a pattern that is none",
    files: text("kg$'", "kg)$'"),
    line: "own/acme/scale.yaml:7:10  pattern is not a regular expression: Unmatched ')'.",
  },
  {
    name: "a pattern that could take for ever",
    files: text("[-+ ]*[0-9.]+)", "([0-9]+)+)"),
    line: "own/acme/scale.yaml:7:10  pattern repeats a group that repeats something itself, as in (a+)+: some lines would take for ever. Write it flat.",
  },
  {
    name: "a golden line that is not for the template",
    files: text('"S +', '"U +'),
    line: "own/acme/scale.yaml:11:14  golden.0.reply holds no line for this template: it begins otherwise, or the pattern does not match.",
  },
  {
    name: "a golden line without its checksum",
    files: text("send:", "checksum: nmea_xor\nsend:"),
    line: "own/acme/scale.yaml:12:14  golden.0.reply holds no line for this template: it is too long, empty, or has no checksum.",
  },
  {
    name: "a range upside down on a line of text",
    files: text("[0, 60]", "[60, 0]"),
    line: "own/acme/scale.yaml:9:45  points.weight.range must be [lowest, highest], not [60, 0].",
  },
];
