// JSON Schemas for editors and for people in other languages: what is written (the input form), not what parsing makes of it.

import { AgentConfig } from "@millwright/contract/agent-config";
import { BundleSignature } from "@millwright/contract/bundle-signature";
import { DeviceTemplate } from "@millwright/contract/device-template";
import { Command, Desired, Receipt } from "@millwright/contract/down-message";
import { GatewayConfig } from "@millwright/contract/gateway-config";
import { ModelImport } from "@millwright/contract/model-import";
import { ModelManifest } from "@millwright/contract/model-manifest";
import { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { RecordingProfile } from "@millwright/contract/recording-profile";
import { StateMessage, UpMessage } from "@millwright/contract/up-message";
import { VibrationStandard } from "@millwright/contract/vibration-standard";
import { toJsonSchema } from "@valibot/to-json-schema";

const schemas = {
  agent: AgentConfig,
  gateway: GatewayConfig,
  "device-template": DeviceTemplate,
  "vibration-standard": VibrationStandard,
  "recording-profile": RecordingProfile,
  "model-manifest": ModelManifest,
  "prognosis-manifest": PrognosisManifest,
  "model-import": ModelImport,
  "bundle-signature": BundleSignature,
  "up-message": UpMessage,
  state: StateMessage,
  receipt: Receipt,
  command: Command,
  desired: Desired,
};

/** @returns name and text of every schema. Checks that JSON Schema cannot say (`check`, transforms) are left to the parser. */
export function jsonSchemas(): { name: string; text: string }[] {
  return Object.entries(schemas).map(([name, schema]) => {
    const body = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
    return { name, text: `${JSON.stringify({ title: `Millwright ${name}`, ...body }, null, 2)}\n` };
  });
}
