// contract/standards/README.md: every vibration standard that Millwright knows, its boundaries, what was read for it and what was not.
import { type VibrationStandard, vibrationStandards } from "@millwright/contract/vibration-standard";

const trusts: Record<VibrationStandard["trust"]["velocity_mm_s"], string> = {
  stated: "one source says so",
  two_sources: "two sources agree",
};
const kinds: Record<VibrationStandard["sources"][number]["kind"], string> = {
  manual: "maker's manual",
  page: "public page",
  driver: "open program",
};

/** @returns the page's text. */
export function standardTable(): string {
  return `${opening}\n\n${vibrationStandards.map(section).join("\n\n")}\n`;
}

const opening = `# Vibration standards

Generated from the ${vibrationStandards.length} files beside it by \`npm run generate\`. A machine names one with \`vibration_zones\` in agent.yaml ([which zone means what](../../docs/operate/vibration-zones.md)). The standards are sold and were not opened: what stands here is
what the sources say of them, and every source was really read. Where your plant owns the standard, compare; where the machine's maker gives limits, those come first (\`limits\`).`;

function section({ standard, title, edition, scope, asks, zones, trust, sources, not_read, not_for }: VibrationStandard): string {
  const hasDisplacement = zones.some(({ displacement_um }) => displacement_um !== undefined);
  const head = ["", "A/B mm/s", "B/C mm/s", "C/D mm/s", ...(hasDisplacement ? ["A/B µm", "B/C µm", "C/D µm"] : [])];
  const rows = zones.map(({ name, velocity_mm_s, displacement_um }) => [
    name,
    ...velocity_mm_s,
    ...(hasDisplacement ? (displacement_um ?? []) : []),
  ]);
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return `## \`${standard}\`: ${title}

${scope}. Figures: ${edition}.${not_for === undefined ? "" : ` Not for ${not_for.classes.join(", ")}: \`${not_for.instead}\`.`}

${Object.entries(asks).map(answers).join("\n")}

${[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")}

All RMS. Trust: velocity ${trusts[trust.velocity_mm_s]}${trust.displacement_um === undefined ? "" : `; displacement ${trusts[trust.displacement_um]}, and is only here to be looked up`}.

Read:
${sources.map(({ kind, title, edition, page, url, says }) => `- ${kinds[kind]}: [${[title, edition, page && `p. ${page}`].filter((part) => part !== undefined).join(", ")}](${url}): ${says}.`).join("\n")}

Not read:
${not_read.map((one) => `- ${one}`).join("\n")}`;
}

const answers = ([key, options]: [string, Readonly<Record<string, string>>]): string =>
  Object.entries(options)
    .map(([answer, meaning]) => `- \`${key}: ${answer}\`: ${meaning}`)
    .join("\n");
