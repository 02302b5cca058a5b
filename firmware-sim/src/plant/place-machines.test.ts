import assert from "node:assert/strict";
import { test } from "node:test";
import { formatIssue, parseYaml } from "@millwright/kit/yaml-file";
import { Scenario } from "../scenario.ts";
import { type PlacedMachine, placeMachines } from "./place-machines.ts";

function place(text: string): { placed: PlacedMachine[]; lines: string[] } {
  const read = parseYaml(text, "s.yaml", Scenario);
  if (!read.ok) return { placed: [], lines: read.issues.map(formatIssue) };
  const { placed, mistakes } = placeMachines(read.value, 1502, read.locate);
  return { placed, lines: mistakes.map(formatIssue) };
}

const shown = ({ name, unit, place }: PlacedMachine): string =>
  `${name} ${unit} ${place.transport === "tcp" ? `${place.transport} ${place.port}` : `${place.transport} ${place.line}`}`;

test("copies: ports one after the other, or units where they share a line or the program's port", () => {
  const { placed, lines } = place(`
lines: { rs485: { pty: /tmp/x }, panel: { rtu_tcp: 1503 } }
machines:
  A: { kind: signals, unit: 7, port: 2000, copies: 3 }
  B: { kind: addresses, unit: 1, line: rs485, copies: 2 }
  C: { kind: addresses, unit: 1, line: panel }
  D: { kind: signals, points: 5, unit: 1, copies: 2 }
  E: { kind: centrifugal-pump, unit: 9 }
`);
  assert.deepEqual(lines, []);
  assert.deepEqual(placed.map(shown), [
    "A-1 7 tcp 2000",
    "A-2 7 tcp 2001",
    "A-3 7 tcp 2002",
    "B-1 1 pty rs485",
    "B-2 2 pty rs485",
    "C 1 rtu_tcp panel",
    "D-1 1 tcp 1502",
    "D-2 2 tcp 1502",
    "E 9 tcp 1502",
  ]);
});

test("the wire of all reaches a machine where it can happen; its own goes before it", () => {
  const { placed } = place(`
lines: { rs485: { pty: /tmp/x } }
wire: { crc: 0.1, drop: 0.2, wrong_transaction: 0.3 }
machines:
  A: { kind: signals, unit: 1, wire: { drop: 0 } }
  B: { kind: addresses, unit: 1, line: rs485 }
`);
  assert.deepEqual(
    placed.map(({ wire }) => wire),
    [
      { drop: 0, wrong_transaction: 0.3 },
      { crc: 0.1, drop: 0.2 },
    ],
  );
});

test("mistakes have their place, and say what to do", () => {
  const machine = (text: string): string[] => place(`lines: { rs485: { pty: /tmp/x } }\nmachines:\n  A: ${text}\n`).lines;
  assert.deepEqual(machine("{ kind: signals, unit: 1, line: rs458 }"), ['s.yaml:3:38  there is no line "rs458". Known here: rs485']);
  assert.deepEqual(machine("{ kind: signals, unit: 1, line: rs485, port: 5 }"), [
    "s.yaml:3:45  A hangs on line rs485. Remove port, or line.",
  ]);
  assert.deepEqual(machine("{ kind: signals, unit: 1, wire: { crc: 0.1 } }"), ["s.yaml:3:40  crc cannot happen on Modbus TCP. Remove it."]);
  assert.deepEqual(machine("{ kind: signals, unit: 1, line: rs485, wire: { lying_length: 0.1 } }"), [
    "s.yaml:3:53  lying_length cannot happen on a pty. Remove it.",
  ]);
  assert.deepEqual(machine("{ kind: signals, unit: 1, wire: { disconnect: {} } }"), [
    "s.yaml:3:52  machines.A.wire.disconnect needs rate or every: it would never happen",
  ]);
  assert.deepEqual(machine("{ kind: template, unit: 1 }"), ["s.yaml:3:3  machines.A.template is missing. Add the device type it serves."]);
  assert.deepEqual(machine("{ kind: signals, unit: 200, copies: 100 }"), [
    "s.yaml:3:42  the last copy would be unit 299; units end at 247. Give A a port, and each copy has its own.",
  ]);
  assert.deepEqual(machine("{ kind: addresses, unit: 1, points: 5 }"), [
    's.yaml:3:34  only machines of kind "signals" have a number of points. Remove it.',
  ]);
  assert.deepEqual(machine("{ kind: signals, unit: 1, wire: { late: { rate: 0.1, ms: [5, 2] } } }"), [
    "s.yaml:3:63  machines.A.wire.late.ms must not begin with the greater one. Write [least, most].",
  ]);
  assert.deepEqual(machine("{ kind: signals, unit: 1, wire: { dorp: 0.1 } }"), ['s.yaml:3:40  unknown key "dorp". Did you mean "drop"?']);
  assert.deepEqual(place("lines: { a: { baud: 9600 } }\nmachines: { A: { kind: signals, unit: 1 } }\n").lines, [
    "s.yaml:1:13  lines.a must not have both pty and rtu_tcp, or neither. Give it one.",
  ]);
  assert.deepEqual(place("lines:\n  a: { pty: /tmp/x }\n  b: { pty: /tmp/x }\nmachines: { A: { kind: signals, unit: 1 } }\n").lines, [
    "s.yaml:3:6  /tmp/x is taken by line a already. Give b another one.",
  ]);
  assert.deepEqual(place("machines:\n  A: { kind: signals, unit: 2, copies: 2 }\n  B: { kind: signals, unit: 3 }\n").lines, [
    "s.yaml:3:29  unit 3 of port 1502 is taken by A-2 already. Give B another unit or port.",
  ]);
  assert.deepEqual(place("machines:\n  P-2: { kind: signals, unit: 9 }\n  P: { kind: signals, unit: 1, copies: 2 }\n").lines, [
    "s.yaml:3:3  P-2 is there twice, as P-2 and as P. Rename one.",
  ]);
});
