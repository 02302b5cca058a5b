import type { Store } from "../store/store.ts";
import type { OpenedModelTicket } from "../tickets/model-tickets.ts";
import type { OpenedTicket } from "../tickets/sync-ticket.ts";

/** What the routes work with. */
export type ApiContext = {
  store: Store;
  /** Machine time, in ms. */
  wallMs: () => number;
  /** Share of a model's tickets that should have a fault behind them. */
  ticketGoal: number;
  /** After a verdict is committed; `proposed`: the model ticket it opened. */
  onClosed: (ticket: OpenedTicket, proposed: OpenedModelTicket | undefined) => void;
  /** After a command to learn a machine's normal again is committed. */
  onRelearn: (asked: { site: string; name: string; actor: string }) => void;
  /** The broker that agents connect to. `embedded`: on this computer only. */
  broker: { kind: "embedded" | "external"; url: string };
  /** Is there a connection to the broker? And how many messages wait to be stored? */
  link: () => { broker: "connected" | "disconnected"; waiting: number };
};
