// What a template of the library must show for itself, beyond being usable: a source that can be found again, no more trust than there is proof
// for, and golden replies for every measurement. One's own template in a plant need not; `npm run lint:templates` asks for it.
import type { DeviceTemplate } from "@millwright/contract/device-template";
import type { ConfigReport } from "./config-report.ts";

export function checkTemplateProof(template: DeviceTemplate, report: ConfigReport): void {
  checkSource(template, report);
  if (template.protocol === "bus-health") return;
  const { golden, points } = template;
  const isReal = golden.some(({ from }) => from !== "made");
  if ((template.trust === "frames" || template.trust === "hardware") && !isReal)
    report.error(["trust"], `"${template.trust}" needs a golden reply of a real device, its from: saying whose. Add one, or say stated.`);
  const isAllWaveforms = Object.values(points).every((point) => "type" in point && point.type === "waveform");
  if (golden.length === 0 && !isAllWaveforms) {
    report.error(["golden"], "is missing: nothing shows that this template decodes as it should. Add a reply and what it means.");
    return;
  }
  for (const [name, point] of Object.entries(points)) {
    const { role } = point;
    // Thousands of samples are no golden reply for a file that people read; a waveform's figures have tests of their own.
    if ("type" in point && point.type === "waveform") continue;
    if (role === "measurement" && !golden.some(({ values }) => Object.hasOwn(values, name)))
      report.error(["points", name], "stands in no golden reply. Add it to one, with its value.", "key");
  }
}

function checkSource({ source, trust }: DeviceTemplate, report: ConfigReport): void {
  if (source.kind === "manual" && source.page === undefined && source.edition === undefined)
    report.error(["source"], "needs page: or edition: of the manual, so that others find the place.");
  if (trust === "two_sources" && source.second === undefined)
    report.error(["trust"], '"two_sources" needs source.second, the other source. Name it, or say stated.');
}
