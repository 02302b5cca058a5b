// Whether a read's template is for the kind of its bus, and whether the read says all that the template needs.
import type { ReadConfig } from "@millwright/contract/agent-config";
import type { DeviceTemplate, TemplateProtocol } from "@millwright/contract/device-template";
import type { ConfigReport, Path } from "./config-report.ts";
import type { ResolvedBus } from "./resolved-config.ts";

/** @param kind undefined where the bus has a mistake of its own. */
export function checkBusFits(
  { bus, unit }: ReadConfig,
  template: DeviceTemplate,
  kind: ResolvedBus["kind"] | undefined,
  path: Path,
  report: ConfigReport,
): void {
  const { protocol } = template;
  if (kind !== undefined && protocol !== "bus-health" && protocolOf[kind] !== protocol)
    report.error(
      [...path, "template"],
      `"${template.template}" is for ${spoken[protocol]}, and bus "${bus}" ${what[kind]}. Give this read a bus with ${needed[protocol]}.`,
    );
  if (unit === 0 && (kind === "modbus-rtu" || kind === "rtu-over-tcp"))
    report.warn([...path, "unit"], "0 asks all units of a line at once, and then none answers. Give the device's own unit, 1 to 247.");
  if (unit !== undefined) return;
  if (protocol === "modbus") report.error(path, "unit is missing. Add the device's Modbus unit number, e.g. unit: 1.", "key");
  if (protocol === "http-json" && template.path.includes("{unit}"))
    report.error(path, `unit is missing. It stands for {unit} in ${template.path}, e.g. unit: 1.`, "key");
}

const protocolOf: Record<ResolvedBus["kind"], TemplateProtocol> = {
  "modbus-tcp": "modbus",
  "rtu-over-tcp": "modbus",
  "modbus-rtu": "modbus",
  "http-json": "http-json",
  "serial-text": "serial-text",
};

const what: Record<ResolvedBus["kind"], string> = {
  "modbus-tcp": "speaks Modbus TCP",
  "rtu-over-tcp": "speaks Modbus RTU over TCP",
  "modbus-rtu": "is a serial line that speaks Modbus RTU",
  "http-json": "speaks HTTP",
  "serial-text": "is a serial line that speaks text",
};

const spoken: Record<TemplateProtocol, string> = {
  modbus: "Modbus",
  "http-json": "HTTP with JSON",
  "serial-text": "lines of text",
  "bus-health": "any bus",
};

const needed: Record<TemplateProtocol, string> = {
  modbus: "tcp:, rtu_tcp: or port:",
  "http-json": "http:",
  "serial-text": "port: and protocol: text",
  "bus-health": "any address",
};
