import type { AgentCard } from "../../src/fleet/read-fleet.ts";

/** What GET /api/agents answers. */
export type AgentsReply = { agents: AgentCard[]; broker: { kind: "embedded" | "external"; url: string }; now_ms: number };
