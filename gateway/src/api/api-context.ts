import type { Store } from "../store/store.ts";
import type { OpenedTicket } from "../tickets/sync-ticket.ts";

/** What the routes work with. */
export type ApiContext = {
  store: Store;
  /** Machine time, in ms. */
  wallMs: () => number;
  /** After a verdict is committed. */
  onClosed: (ticket: OpenedTicket) => void;
  /** After a command to learn a machine's normal again is committed. */
  onRelearn: (asked: { site: string; name: string; actor: string }) => void;
  /** Is there a connection to the broker? And how many messages wait to be stored? */
  link: () => { broker: "connected" | "disconnected"; waiting: number };
};
