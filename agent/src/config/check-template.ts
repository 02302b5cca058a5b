// What a template must keep beyond its schema, whoever wrote it: names, roles, and what its protocol asks for.
import type { DeviceTemplate } from "@millwright/contract/device-template";
import { checkJsonTemplate } from "./check-json-template.ts";
import { checkRegisterTemplate } from "./check-register-template.ts";
import { checkTextTemplate } from "./check-text-template.ts";
import type { ConfigReport } from "./config-report.ts";

/** `name` is the file's path below its folder, without `.yaml`. */
export function checkTemplate(template: DeviceTemplate, name: string, report: ConfigReport): void {
  if (template.template !== name) report.error(["template"], `"${template.template}" must be "${name}", as the file lies in its folder.`);
  const counters = Object.entries(template.points).filter(([, point]) => point.role === "update_counter");
  for (const [counter] of counters.slice(1))
    report.error(["points", counter, "role"], `is a second update_counter; "${counters[0]?.[0]}" is one already. Make it context.`);
  if (template.protocol === "modbus") checkRegisterTemplate(template, report);
  if (template.protocol === "http-json") checkJsonTemplate(template, report);
  if (template.protocol === "serial-text") checkTextTemplate(template, report);
}
