// A scenario → every single machine with its place on a wire. Pure. What a schema cannot see is found here, as file:line:column.
import type { FileIssue, Locate } from "@millwright/kit/yaml-file";
import type { Scenario, ScenarioLine, ScenarioMachine } from "../scenario.ts";
import { misplacedFaults, type Transport, transportWords, type WireFaultSettings, wireFaultNames } from "../wire/fault-settings.ts";

export type Place =
  /** Machines of one `server` share a port; 0: any free one. */
  | { readonly transport: "tcp"; readonly server: string; readonly port: number }
  | { readonly transport: "rtu_tcp" | "pty"; readonly line: string };

export type PlacedMachine = {
  readonly name: string;
  /** Its name in the scenario, without the number of the copy. */
  readonly entry: string;
  readonly machine: ScenarioMachine;
  readonly unit: number;
  readonly place: Place;
  readonly wire: WireFaultSettings;
};

/** @param port where machines without a port of their own are. */
export function placeMachines(scenario: Scenario, port: number, locate: Locate): { placed: PlacedMachine[]; mistakes: FileIssue[] } {
  const placed: PlacedMachine[] = [];
  const mistakes: FileIssue[] = [];
  for (const [entry, machine] of Object.entries(scenario.machines)) {
    const found = mistakesOf(entry, machine, scenario, locate);
    mistakes.push(...found);
    if (found.length === 0) placed.push(...copiesOf(entry, machine, scenario, port));
  }
  return {
    placed,
    mistakes: [...sharedPorts(scenario, locate), ...mistakes, ...sharedNames(placed, locate), ...sharedUnits(placed, locate)],
  };
}

// Two lines may not be the same port.
function sharedPorts({ lines }: Scenario, locate: Locate): FileIssue[] {
  const owners = new Map<string, string>();
  return Object.entries(lines).flatMap(([name, { pty, rtu_tcp }]) => {
    const port = pty ?? (rtu_tcp === 0 ? `any port for ${name}` : `port ${rtu_tcp}`);
    const owner = owners.get(port);
    owners.set(port, owner ?? name);
    return owner === undefined ? [] : [locate(["lines", name], `${port} is taken by line ${owner} already. Give ${name} another one.`)];
  });
}

function copiesOf(entry: string, machine: ScenarioMachine, scenario: Scenario, port: number): PlacedMachine[] {
  const { copies, line } = machine;
  return Array.from({ length: copies ?? 1 }, (_, i) => {
    const isOwnPort = line === undefined && machine.port !== undefined;
    const name = copies === undefined ? entry : `${entry}-${i + 1}`;
    const place = line === undefined ? tcpPlace(name, machine.port, i, port) : linePlace(line, scenario.lines[line] as ScenarioLine);
    const wire = { ...onlyPossible(scenario.wire, place.transport), ...machine.wire };
    return { name, entry, machine, unit: machine.unit + (isOwnPort ? 0 : i), place, wire };
  });
}

function tcpPlace(name: string, own: number | undefined, copy: number, shared: number): Place {
  if (own === undefined) return { transport: "tcp", server: `port ${shared}`, port: shared };
  if (own === 0) return { transport: "tcp", server: `the port of ${name}`, port: 0 };
  return { transport: "tcp", server: `port ${own + copy}`, port: own + copy };
}

const transportOf = ({ pty }: ScenarioLine): "pty" | "rtu_tcp" => (pty === undefined ? "rtu_tcp" : "pty");
const linePlace = (line: string, settings: ScenarioLine): Place => ({ transport: transportOf(settings), line });

function onlyPossible(settings: WireFaultSettings, transport: Transport): WireFaultSettings {
  const impossible = misplacedFaults(settings, transport);
  return Object.fromEntries(
    wireFaultNames.filter((name) => settings[name] !== undefined && !impossible.includes(name)).map((name) => [name, settings[name]]),
  );
}

function mistakesOf(name: string, machine: ScenarioMachine, { lines }: Scenario, locate: Locate): FileIssue[] {
  const { kind, line, port, unit, copies = 1, template, points, wire = {}, ailments } = machine;
  const at = (key: string, message: string, on: "key" | "value" = "key"): FileIssue => locate(["machines", name, key], message, on);
  const found: FileIssue[] = [];
  const settings = line === undefined ? undefined : lines[line];
  if (line !== undefined && settings === undefined)
    found.push(
      at("line", `there is no line "${line}". Known here: ${Object.keys(lines).join(", ") || "none; add it under lines"}`, "value"),
    );
  if (line !== undefined && port !== undefined) found.push(at("port", `${name} hangs on line ${line}. Remove port, or line.`));
  if (port !== undefined && port + copies - 1 > 65_535)
    found.push(at("copies", `the last copy would have port ${port + copies - 1}`, "value"));
  if ((line !== undefined || port === undefined) && unit + copies - 1 > 247)
    found.push(
      at(
        "copies",
        `the last copy would be unit ${unit + copies - 1}; units end at 247. Give ${name} a port, and each copy has its own.`,
        "value",
      ),
    );
  if (kind === "template" && template === undefined)
    found.push(locate(["machines", name], `machines.${name}.template is missing. Add the device type it serves.`, "key"));
  if (kind !== "template" && template !== undefined) found.push(at("template", `only machines of kind "template" have one. Remove it.`));
  if (kind !== "signals" && points !== undefined)
    found.push(at("points", `only machines of kind "signals" have a number of points. Remove it.`));
  if (kind !== "centrifugal-pump" && ailments.length > 0)
    found.push(at("ailments", `a machine of kind "${kind}" has no ailments. Remove them.`));
  const transport = settings === undefined ? "tcp" : transportOf(settings);
  for (const fault of misplacedFaults(wire, transport))
    found.push(locate(["machines", name, "wire", fault], `${fault} cannot happen on ${transportWords[transport]}. Remove it.`, "key"));
  return found;
}

// A copy may have the name of another machine: then nobody could tell them apart, nor set the wire of one of them.
function sharedNames(placed: readonly PlacedMachine[], locate: Locate): FileIssue[] {
  const owners = new Map<string, string>();
  return placed.flatMap(({ name, entry }) => {
    const owner = owners.get(name);
    owners.set(name, owner ?? entry);
    return owner === undefined
      ? []
      : [locate(["machines", entry], `${name} is there twice, as ${owner} and as ${entry}. Rename one.`, "key")];
  });
}

// Two machines may not answer to the same unit of the same port or line.
function sharedUnits(placed: readonly PlacedMachine[], locate: Locate): FileIssue[] {
  const owners = new Map<string, string>();
  return placed.flatMap(({ name, entry, unit, place }) => {
    const where = place.transport === "tcp" ? place.server : `line ${place.line}`;
    const key = `unit ${unit} of ${where}`;
    const owner = owners.get(key);
    owners.set(key, owner ?? name);
    const remedy = `Give ${entry} another unit or ${place.transport === "tcp" ? "port" : "line"}.`;
    return owner === undefined ? [] : [locate(["machines", entry, "unit"], `${key} is taken by ${owner} already. ${remedy}`)];
  });
}
