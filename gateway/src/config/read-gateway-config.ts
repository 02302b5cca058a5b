// gateway.yaml → settings with every default and every path resolved. Without a file: the defaults, below the working folder.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { GatewayConfig } from "@millwright/contract/gateway-config";
import { fileTrouble } from "@millwright/kit/file-trouble";
import { formatIssue, readYamlFile } from "@millwright/kit/yaml-file";
import * as v from "valibot";
import { fault } from "../faults.ts";

/** @throws Fault config_invalid with every mistake as file:line:column, one a line. */
export function readGatewayConfig(file: string | undefined): GatewayConfig {
  if (file === undefined) return resolved(v.parse(GatewayConfig, { version: 1 }), process.cwd());
  const read = readYamlFile(file, GatewayConfig);
  if (!read.ok) throw fault("config_invalid", read.issues.map(formatIssue).join("\n"));
  const config = resolved(read.value, dirname(resolve(file)));
  const mistake = config.broker.kind === "external" ? unreadable(config.broker.password_file) : null;
  if (mistake !== null) throw fault("config_invalid", formatIssue(read.locate(["broker", "password_file"], mistake)));
  return config;
}

function unreadable(file: string | undefined): string | null {
  if (file === undefined) return null;
  try {
    readFileSync(file);
    return null;
  } catch (error) {
    return `broker.password_file ${fileTrouble(error)}. Make the file, or correct its path.`;
  }
}

function resolved(config: GatewayConfig, folder: string): GatewayConfig {
  const { broker } = config;
  const isWithPassword = broker.kind === "external" && broker.password_file !== undefined;
  return {
    ...config,
    data_dir: resolve(folder, config.data_dir),
    broker: isWithPassword ? { ...broker, password_file: resolve(folder, broker.password_file as string) } : broker,
  };
}
