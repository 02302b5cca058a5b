// One bus of the configuration → what kind it is, its address and deadlines; and whether all buses have an endpoint of their own.
import { readFileSync, realpathSync } from "node:fs";
import type { BusConfig } from "@millwright/contract/agent-config";
import { parseHeaders } from "../registers/request-headers.ts";
import type { SerialLine } from "../registers/serial-line.ts";
import { wrongSecretFile } from "./check-secret-file.ts";
import { besides, type ConfigReport, type Path } from "./config-report.ts";
import type { ResolvedBus } from "./resolved-config.ts";
import type { Salvaged } from "./salvage.ts";

const kindKeys = ["tcp", "rtu_tcp", "port", "http"] as const;
const lineKeys = ["protocol", "baud", "data_bits", "parity", "stop_bits", "send_enable"] as const;

/** @param pathOf resolves a path of the file to an absolute one. @returns the buses without a mistake. */
export function resolveBuses(
  buses: readonly (readonly [string, Salvaged<BusConfig>])[],
  pathOf: (path: string) => string,
  wholeReport: ConfigReport,
): ResolvedBus[] {
  const owners = new Map<string, string>();
  return buses.flatMap(([name, { value: bus, wrong }]) => {
    const path = ["buses", name];
    const report = besides(wholeReport, path, wrong);
    const key = kindOf(bus, path, report);
    if (key === null) return [];
    const place = key === "http" ? webPlace(bus, path, pathOf, report) : placeOf(bus, key, path, report);
    if (place === null) return [];
    const owner = owners.get(place.endpoint);
    if (owner !== undefined) {
      const one = key === "port" ? "One port" : "One endpoint";
      report.error(
        [...path, key],
        `"${bus[key]}" is bus "${owner}" already. ${one} is one bus: use "${owner}" in the reads, and remove this one.`,
      );
      return [];
    }
    owners.set(place.endpoint, name);
    if (wrong.length > 0) return [];
    return [{ name, timeoutMs: bus.timeout, retries: bus.retries, ...place.bus }];
  });
}

type KindKey = (typeof kindKeys)[number];

function kindOf(bus: BusConfig, path: Path, report: ConfigReport): KindKey | null {
  const given = kindKeys.filter((key) => bus[key] !== undefined);
  const [key] = given;
  if (key === undefined) {
    report.error(path, "needs an address: tcp: (Modbus TCP), port: (a serial port), rtu_tcp: (RTU over TCP) or http: (JSON).", "key");
    return null;
  }
  if (given.length > 1) {
    report.error([...path, given[1] as string], `stands beside ${key}:, and a bus has one address. Keep one of them.`, "key");
    return null;
  }
  const isForHttp = key !== "http" && bus.headers_file !== undefined;
  if (isForHttp) report.error([...path, "headers_file"], `is for HTTP, and this bus has ${key}:. Remove it.`, "key");
  const strays = key === "port" ? [] : lineKeys.filter((line) => bus[line] !== undefined);
  for (const stray of strays) report.error([...path, stray], `is for a serial port, and this bus has ${key}:. Remove it.`, "key");
  return isForHttp || strays.length > 0 ? null : key;
}

type Address = ResolvedBus extends infer B ? (B extends ResolvedBus ? Omit<B, "name" | "timeoutMs" | "retries"> : never) : never;
type Place = { endpoint: string; bus: Address };

function placeOf(bus: BusConfig, key: Exclude<KindKey, "http">, path: Path, report: ConfigReport): Place | null {
  const text = bus[key] as string;
  if (key === "port" && bus.protocol !== "text" && bus.data_bits === 7) {
    report.error(
      [...path, "data_bits"],
      "7 cannot carry Modbus RTU, whose bytes have 8 bits. Remove it; for a device that speaks text add protocol: text.",
    );
    return null;
  }
  if (key === "port")
    return { endpoint: portOf(text), bus: { kind: bus.protocol === "text" ? "serial-text" : "modbus-rtu", line: lineOf(text, bus) } };
  const [host = "", port = ""] = text.split(":");
  if (!(Number(port) >= 1 && Number(port) <= 65_535)) {
    report.error([...path, key], `"${text}": port ${port} must be from 1 to 65535; Modbus TCP is usually 502.`);
    return null;
  }
  const kind = key === "tcp" ? "modbus-tcp" : "rtu-over-tcp";
  return { endpoint: `${host.toLowerCase()}:${Number(port)}`, bus: { kind, host, port: Number(port) } };
}

// One port has several names: /dev/ttyUSB0, and what /dev/serial/by-id calls it.
function portOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function webPlace(
  { http = "", headers_file }: BusConfig,
  path: Path,
  pathOf: (path: string) => string,
  report: ConfigReport,
): Place | null {
  if (http.includes("@")) {
    report.error([...path, "http"], "must not hold a name or a password. Put an Authorization line into headers_file.");
    return null;
  }
  if (!URL.canParse(http)) {
    report.error([...path, "http"], `"${http}" is not an address. Write http://host or http://host:port, with a port from 1 to 65535.`);
    return null;
  }
  const headersFile = headers_file === undefined ? null : pathOf(headers_file);
  const wrong = headersFile === null ? null : wrongHeadersFile(headersFile);
  if (wrong !== null) {
    report.error([...path, "headers_file"], `"${headers_file}" ${wrong}`);
    return null;
  }
  const { origin } = new URL(http);
  return { endpoint: origin, bus: { kind: "http-json", url: origin, headersFile } };
}

function wrongHeadersFile(file: string): string | null {
  const wrong = wrongSecretFile(file, "the headers");
  if (wrong !== null) return wrong;
  const headers = parseHeaders(readFileSync(file, "utf8"));
  return typeof headers === "string" ? `cannot be used: ${headers}.` : null;
}

// The default of MODBUS over Serial Line V1.02, 2.5.1: 19200, 8 data bits, even parity, 1 stop bit. It asks for 2 stop bits where there is no parity,
// and most devices send 1: what is sent with 1 is read by both.
function lineOf(
  path: string,
  { protocol, baud = 19_200, data_bits = 8, parity, stop_bits, send_enable = "driver" }: BusConfig,
): SerialLine {
  const its = parity ?? (protocol === "text" ? "none" : "even");
  return { path, baud, dataBits: data_bits, parity: its, stopBits: stop_bits ?? 1, sendEnable: send_enable };
}
