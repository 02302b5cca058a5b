// The serial ports: which there are, and for those of the configuration whether they exist, may be opened, and are free.
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import type { AgentStatus } from "../../agent-status.ts";
import type { ResolvedBus } from "../../config/resolved-config.ts";
import { portHolders } from "../devices/port-holders.ts";
import { type Finding, fail, ok, skip, warn } from "./finding.ts";
import { type SerialPort, serialPorts } from "./serial-ports.ts";

/** `running`: the agent that runs with this configuration, null where none does. */
export function checkSerial(
  buses: readonly ResolvedBus[],
  running: AgentStatus | null,
  ports: readonly SerialPort[] = serialPorts(),
): Finding[] {
  const names = ports.map(({ path, byId }) => (byId === null ? path : `${path} = ${byId}`));
  const listed = ports.length === 0 ? skip("serial ports", "there are none on this box") : ok("serial ports", names.join(", "));
  const lines = buses.flatMap((bus) => ("line" in bus ? [{ name: bus.name, path: bus.line.path }] : []));
  return [listed, ...lines.map((line) => checkPort(line, running, ports))];
}

function checkPort({ name, path }: { name: string; path: string }, running: AgentStatus | null, ports: readonly SerialPort[]): Finding {
  const check = `port of ${name}`;
  if (!existsSync(path)) {
    const there = ports.map((port) => port.byId ?? port.path).join(", ");
    return fail(
      check,
      `${path} does not exist`,
      `Plug the adapter in${there === "" ? "; `dmesg` says whether the box sees it." : `, or use what is there: ${there}.`}`,
    );
  }
  const refused = refusal(path);
  if (refused !== null) return fail(check, refused.found, refused.next);
  const isOurs = running?.buses.some((bus) => bus.name === name && bus.connected) === true;
  if (isOurs) return ok(check, `${path}, held by the running agent (process ${running?.pid})`);
  const [holder] = portHolders(path);
  if (holder !== undefined)
    return fail(check, `${path} is held by ${holder.name} (process ${holder.pid})`, "Stop that program: only one may talk on a line.");
  const steady = ports.find((port) => port.path === path)?.byId ?? null;
  if (steady === null) return ok(check, `${path} may be opened, and is free`);
  return warn(check, `${path} may get another number after a reboot`, `Write its steady name into the configuration: port: ${steady}`);
}

function refusal(path: string): { found: string; next: string } | null {
  if (!statSync(path).isCharacterDevice())
    return { found: `${path} is not a serial port`, next: "Give the path of a port, e.g. /dev/serial/by-id/usb-…" };
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return null;
  } catch {
    return mayNotOpen(path, statSync(path), process.getgroups?.() ?? [], process.env["USER"] ?? "USER");
  }
}

/** What to do where a user may not open a port. Nobody is sent into root's group, and into another only where it may open the port. */
export function mayNotOpen(path: string, { gid, mode }: { gid: number; mode: number }, groups: readonly number[], user: string) {
  const group = groupName(gid);
  const join = (name: string): string => `sudo usermod -aG ${name} ${user}, then log in again (a service: start it again).`;
  if (gid !== 0 && (mode & readWriteOfGroup) === readWriteOfGroup && !groups.includes(gid))
    return { found: `this user may not open ${path}: it belongs to the group ${group}, and this user does not`, next: join(group) };
  return {
    found: `this user may not open ${path}, and its group (${group}) is no way to it`,
    next: `sudo chgrp dialout ${path} && sudo chmod g+rw ${path}, for good with a udev rule (GROUP="dialout", MODE="0660"). Then ${join("dialout")}`,
  };
}

const readWriteOfGroup = 0o060;

// group(5)
function groupName(gid: number): string {
  const lines = existsSync("/etc/group") ? readFileSync("/etc/group", "utf8").split("\n") : [];
  return lines.map((line) => line.split(":")).find(([, , id]) => id === String(gid))?.[0] ?? String(gid);
}
