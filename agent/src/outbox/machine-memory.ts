// What the agent must find again after a kill, beside its records: the state of each machine, the rows it learns from, the commands it has done.
import type { DatabaseSync } from "node:sqlite";
import type { LearningRow, LearningRowInput } from "./outbox.ts";

// A gateway repeats a command until it has seen `command_done`; far fewer than this are ever open at once.
const keptCommands = 10_000;

export type MachineMemory = ReturnType<typeof machineMemory>;

export function machineMemory(database: DatabaseSync) {
  const putState = database.prepare("INSERT INTO machine_state VALUES (?, ?) ON CONFLICT (machine) DO UPDATE SET json = excluded.json");
  const getState = database.prepare("SELECT json FROM machine_state WHERE machine = ?");
  const addRow = database.prepare("INSERT INTO learning_row (machine, at_ms, body) VALUES (?, ?, ?)");
  const rows = database.prepare("SELECT id AS n, at_ms AS atMs, body FROM learning_row WHERE machine = ? ORDER BY id");
  const clear = database.prepare("DELETE FROM learning_row WHERE machine = ?");
  const addCommand = database.prepare("INSERT INTO command_done (id) VALUES (?) ON CONFLICT DO NOTHING");
  const trimCommands = database.prepare("DELETE FROM command_done WHERE n <= (SELECT max(n) FROM command_done) - ?");
  const getCommand = database.prepare("SELECT 1 FROM command_done WHERE id = ?");

  return {
    putState: (machine: string, json: string): void => void putState.run(machine, json),
    state: (machine: string): string | null => (getState.get(machine) as { json: string } | undefined)?.json ?? null,
    addRow: (row: LearningRowInput): void => void addRow.run(row.machine, row.atMs, row.body),
    rows: (machine: string): LearningRow[] => rows.all(machine).map((row) => ({ ...row }) as LearningRow),
    clearRows: (machine: string): void => void clear.run(machine),
    noteCommand(id: string): void {
      addCommand.run(id);
      trimCommands.run(keptCommands);
    },
    isCommandDone: (id: string): boolean => getCommand.get(id) !== undefined,
  };
}
