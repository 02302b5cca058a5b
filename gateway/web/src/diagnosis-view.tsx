import type { TicketDetail } from "../../src/tickets/read-tickets.ts";

/** What is probably wrong, and the lines of the spectrum that say so. */
export function DiagnosisView({ diagnosis }: { diagnosis: NonNullable<TicketDetail["diagnosis"]> }) {
  return (
    <section class="card plain">
      <h2>Probable cause</h2>
      <p>{diagnosis.text}</p>
      {diagnosis.lines.length > 0 && (
        <details>
          <summary>Lines of the spectrum</summary>
          <dl>
            {diagnosis.lines.map(({ title, text }) => (
              <div key={title}>
                <dt>{title}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}
