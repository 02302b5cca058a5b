// An agent says that it did a command: the command is done, and its ticket's history says so.
import type { Event } from "@millwright/contract/event";
import type { Tx } from "../store/store.ts";
import { addHistory } from "../tickets/sync-ticket.ts";
import { historyTexts } from "../tickets/texts.ts";

/** Only the agent a command was for can finish it. @returns the ids of the commands that are done now. */
export async function finishCommands(
  tx: Tx,
  { tenant, agent }: { tenant: string; agent: string },
  events: readonly Event[],
): Promise<string[]> {
  const done: string[] = [];
  for (const { event, command_id: id, time } of events) {
    if (event !== "command_done" || id === undefined) continue;
    const row = await tx
      .updateTable("commands")
      .set({ done_ms: time.wall_ms })
      .where("id", "=", id)
      .where("tenant", "=", tenant)
      .where("agent", "=", agent)
      .where("done_ms", "is", null)
      .returning(["id", "ticket_no"])
      .executeTakeFirst();
    if (row === undefined) continue;
    done.push(row.id);
    if (row.ticket_no !== null)
      await addHistory(
        tx,
        { no: row.ticket_no, tenant },
        { wall_ms: time.wall_ms, what: "command_done", text: historyTexts.command_done() },
      );
  }
  return done;
}
