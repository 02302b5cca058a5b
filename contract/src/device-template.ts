// What a device type has to say and how it is asked, as data. One kind a protocol; `protocol` absent is Modbus.
import * as v from "valibot";
import { BusHealthTemplate } from "./bus-health-template.ts";
import { JsonTemplate } from "./json-template.ts";
import { RegisterTemplate } from "./register-template.ts";
import { TextTemplate } from "./text-template.ts";

export const DeviceTemplate = v.variant("protocol", [RegisterTemplate, JsonTemplate, TextTemplate, BusHealthTemplate]);
export type DeviceTemplate = v.InferOutput<typeof DeviceTemplate>;
export type TemplateProtocol = DeviceTemplate["protocol"];
