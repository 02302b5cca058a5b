// Where the programs' entry files are, for those who start them as processes.
import { fileURLToPath } from "node:url";

const entry = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const programs = {
  sim: entry("firmware-sim/src/cli/main.ts"),
  agent: entry("agent/millwright-agent.mjs"),
  gateway: entry("gateway/src/cli/main.ts"),
};
