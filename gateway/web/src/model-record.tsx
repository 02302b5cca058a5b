import type { MachineRecord } from "../../src/verdicts/model-records.ts";

/** What technicians found on the tickets of a machine's models: in a line, and by model and failure mode behind it. */
export function ModelRecord({ record }: { record: MachineRecord }) {
  return (
    <details>
      <summary>{record.text}</summary>
      <ul class="lines">
        {record.models.map((model) => (
          <li class="line" key={model.model_hash}>
            <strong class="wrap">
              {model.name}
              {model.is_live && ", live"}
            </strong>
            <span>{model.text}</span>
            {model.modes.map(({ failure_mode, text }) => (
              <span class="soft" key={failure_mode}>
                {text}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
