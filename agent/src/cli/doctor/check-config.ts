// The configuration itself: as `check` sees it.
import { formatIssue } from "@millwright/kit/yaml-file";
import { configSummary, summaryText } from "../../config/config-summary.ts";
import type { LoadedConfig } from "../../config/load-config.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const shown = 5;

export function checkConfig(loaded: LoadedConfig): Finding[] {
  const warnings = loaded.warnings.map((issue) => warn("configuration", formatIssue(issue), "Legal, but look whether it is meant."));
  if (loaded.ok) return [ok("configuration", summaryText(configSummary(loaded.config))), ...warnings];
  const [first, ...rest] = loaded.issues.slice(0, shown);
  const more = loaded.issues.length - shown;
  const next =
    more > 0
      ? `${more} more; \`millwright-agent check\` shows all.`
      : "Correct the line; `millwright-agent check` shows whether it is right.";
  return [first, ...rest].flatMap((issue, i, all) =>
    issue === undefined ? [] : [fail("configuration", formatIssue(issue), i === all.length - 1 ? next : "Correct the line.")],
  );
}
