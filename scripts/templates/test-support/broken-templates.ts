// Device templates with one mistake each, and the one line that must say so. Read the lines as an author would.

export type BrokenTemplate = { name: string; from: string; to: string; line: string };

export const goodTemplate = `template: acme/meter
title: A meter of everything
source: { kind: manual, title: Meter manual, edition: "2", second: a driver }
trust: two_sources
base: 1
order: CDAB
max_block: 30
forbidden: [{ from: 60, to: 61 }]
atomic: [[power, power_sf]]
identify: [{ register: 30, type: string, length: 2, equals: ACME }]
points:
  flow: { register: 1, type: float32, unit: m3/h, range: [0, 100], limits: { warning_low: 5 } }
  running: { register: 3, type: uint16, bit: 3, unit: "1", role: context }
  mode: { register: 3, type: uint16, bits: [8, 11], unit: "1", role: context }
  power: { register: 4, type: int16, scale_factor: power_sf, unit: kW, sentinels: [0x8000] }
  power_sf: { register: 5, type: int16, unit: "1", role: context, sentinels: [0x8000] }
  spare: { register: 20, type: uint16, unit: "1", role: context }
  serial: { register: 30, type: string, length: 2, unit: "1", role: identity }
golden:
  - register: 1
    count: 5
    reply: 01 03 0A 00 00 41 48 0A 08 09 92 FF FE AA 24
    values: { flow: 12.5, running: 1, mode: 10, power: 24.5, power_sf: -2 }
  - register: 4
    count: 2
    reply: 01 03 04 80 00 80 00 B2 33
    values: { power: null, power_sf: null }
  - register: 30
    count: 2
    reply: 01 03 04 41 43 4D 45 EB 78
    values: { serial: ACME }
`;

export const brokenTemplates: readonly BrokenTemplate[] = [
  {
    name: "a bit that the type has not",
    from: "bit: 3",
    to: "bit: 16",
    line: "13:46  points.running.bit 16 is not in a uint16, whose highest bit is 15; the lowest is 0.",
  },
  {
    name: "bits the wrong way round",
    from: "bits: [8, 11]",
    to: "bits: [11, 8]",
    line: "14:44  points.mode.bits must be [lowest, highest], not [11, 8].",
  },
  {
    name: "bit and bits",
    from: "bit: 3",
    to: "bit: 3, bits: [3, 3]",
    line: "13:41  points.running.bit stands beside bits:, and a point is one of both. Keep one of them.",
  },
  {
    name: "a bit of a float",
    from: "float32,",
    to: "float32, bit: 1,",
    line: "12:44  points.flow.bit is for unsigned integers, not a float32. Make it uint16, uint32 or uint64.",
  },
  {
    name: "a scale factor that is not there",
    from: "scale_factor: power_sf",
    to: "scale_factor: power_fs",
    line: '15:52  points.power.scale_factor "power_fs" is not another point of this template. Did you mean "power_sf"?',
  },
  {
    name: "a scale factor that is a float",
    from: "scale_factor: power_sf",
    to: "scale_factor: flow",
    line: '15:52  points.power.scale_factor "flow" is a float32; a power of ten is an integer of 16 or 32 bits.',
  },
  {
    name: "a string without a length",
    from: "type: string, length: 2, unit",
    to: "type: string, unit",
    line: "18:33  points.serial.type string needs length:, the registers it takes. Add it.",
  },
  {
    name: "a string that is no identity",
    from: "role: identity",
    to: "role: context",
    line: "18:33  points.serial.type string is no number for a row: only the tools read it. Add role: identity.",
  },
  {
    name: "a length of a number",
    from: "type: int16, scale_factor",
    to: "type: int16, length: 2, scale_factor",
    line: "15:38  points.power.length is for a string, and this is an int16. Remove it.",
  },
  {
    name: "a group with a point that is not there",
    from: "[[power, power_sf]]",
    to: "[[power, powr_sf]]",
    line: '9:18  atomic.0.1 "powr_sf" is not a point of this template. Did you mean "power_sf"?',
  },
  {
    name: "a point in two groups",
    from: "[[power, power_sf]]",
    to: "[[power, power_sf], [flow, power]]",
    line: '9:36  atomic.1.1 "power" is in atomic.0 already. Join the two groups.',
  },
  {
    name: "a group wider than a block",
    from: "[[power, power_sf]]",
    to: "[[flow, serial]]",
    line: "9:10  atomic.0 takes registers 1 to 31, 31 in all; one request reads at most 30. Make it smaller.",
  },
  {
    name: "a group across forbidden registers",
    from: "60, to: 61 }]\natomic: [[power, power_sf]]",
    to: "10, to: 11 }]\natomic: [[flow, spare]]",
    line: "9:10  atomic.0 reaches across the forbidden registers 10 to 11. It cannot be read in one request: split it.",
  },
  {
    name: "a point in a forbidden range",
    from: "[{ from: 60, to: 61 }]",
    to: "[{ from: 31, to: 32 }]",
    line: "8:13  forbidden.0 holds points.serial, which could never be read. Remove the point, or make the range smaller.",
  },
  {
    name: "a forbidden range the wrong way round",
    from: "from: 60, to: 61",
    to: "from: 62, to: 61",
    line: "8:21  forbidden.0.from 62 is behind to: 61. Swap them.",
  },
  {
    name: "an identity that is no text",
    from: "equals: ACME",
    to: "equals: 7",
    line: "10:61  identify.0.equals must be a text, for a string is read.",
  },
  {
    name: "a frame with a slip in it",
    from: "01 03 0A 00 00 41 48 0A 08 09 92 FF FE AA 24",
    to: "01 03 0A 00 00 41 48 0B 08 09 92 FF FE AA 24",
    line: "22:12  golden.0.reply has the CRC AA 24; that of its bytes is AB F5. Look for a slip of the pen, in either.",
  },
  {
    name: "a frame of another function",
    from: "01 03 0A 00 00 41 48 0A 08 09 92 FF FE AA 24",
    to: "01 04 0A 00 00 41 48 0A 08 09 92 FF FE AA 24",
    line: "22:12  golden.0.reply has function 4; a read of holding registers is answered with 3.",
  },
  {
    name: "a frame cut short",
    from: "01 03 0A 00 00 41 48 0A 08 09 92 FF FE AA 24",
    to: "01 03 0A 00 00 41 48 0A 08 09 92 FF FE AA",
    line: "22:12  golden.0.reply has 14 bytes; with 5 registers it has 15.",
  },
  {
    name: "a frame of another length",
    from: "count: 5",
    to: "count: 4",
    line: "22:12  golden.0.reply has byte count 10; 4 registers are 8 bytes.",
  },
  {
    name: "a golden value that is wrong",
    from: "flow: 12.5,",
    to: "flow: 12.6,",
    line: "23:21  golden.0.values.flow is 12.5 in this reply, not 12.6. Correct the point, or the value.",
  },
  {
    name: "a golden value where there is none",
    from: "power: null",
    to: "power: 3",
    line: "27:22  golden.1.values.power is no value (null) in this reply, not 3. Correct the point, or the value.",
  },
  {
    name: "a golden value of a point that is not there",
    from: "{ serial: ACME }",
    to: "{ serial: ACME, seriel: ACME }",
    line: '31:29  golden.2.values.seriel is not a point of this template. Did you mean "serial"?',
  },
  {
    name: "a golden value that the frame does not hold",
    from: "{ serial: ACME }",
    to: "{ serial: ACME, mode: 1 }",
    line: "31:29  golden.2.values.mode cannot be told: it does not lie in registers 30 to 31.",
  },
  {
    name: "a measurement without a golden value",
    from: "flow: 12.5, ",
    to: "",
    line: "12:3  points.flow stands in no golden reply. Add it to one, with its value.",
  },
  {
    name: "more trust than there is proof for",
    from: "trust: two_sources",
    to: "trust: frames",
    line: '4:8  trust "frames" needs a golden reply of a real device, its from: saying whose. Add one, or say stated.',
  },
  {
    name: "two sources of which one is named",
    from: ", second: a driver",
    to: "",
    line: '4:8  trust "two_sources" needs source.second, the other source. Name it, or say stated.',
  },
  {
    name: "a manual without a page",
    from: ', edition: "2"',
    to: "",
    line: "3:9  source needs page: or edition: of the manual, so that others find the place.",
  },
];
