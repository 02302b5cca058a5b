// The serial ports of this box, from the file system alone: listing them with udev's help fails where there is no udev (small containers,
// busybox systems).
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";

export type SerialPort = {
  /** /dev/ttyUSB0 */
  readonly path: string;
  /** Its name that stays the same after a reboot, where it has one: /dev/serial/by-id/usb-… */
  readonly byId: string | null;
};

const patterns = [/^ttyUSB\d+$/, /^ttyACM\d+$/, /^ttyS\d+$/, /^ttyAMA\d+$/, /^ttymxc\d+$/, /^ttyO\d+$/, /^ttySC\d+$/, /^ttyRS485/];

/** Adapters first. @param dev @param sys for tests */
export function serialPorts({ dev = "/dev", sys = "/sys" }: { dev?: string; sys?: string } = {}): SerialPort[] {
  const ids = byIds(join(dev, "serial/by-id"));
  const names = list(dev).filter((name) => patterns.some((pattern) => pattern.test(name)) && isPresent(name, sys));
  const ports = names.sort(inOrder).map((name) => ({ path: join(dev, name), byId: ids.get(name) ?? null }));
  return [...ports.filter(({ byId }) => byId !== null), ...ports.filter(({ byId }) => byId === null)];
}

function byIds(folder: string): Map<string, string> {
  const links = list(folder).map((name) => join(folder, name));
  return new Map(links.filter(existsSync).map((link) => [basename(realpathSync(link)), link]));
}

// The kernel makes four ttyS whether there is a chip behind them or not; its type is 0 where there is none (serial_core.h, PORT_UNKNOWN).
function isPresent(name: string, sys: string): boolean {
  const file = join(sys, "class/tty", name, "type");
  return !existsSync(file) || readFileSync(file, "utf8").trim() !== "0";
}

const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

const inOrder = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });
