// What happens to a bus and is worth a line in the log: each has an owner there, with its metric.
export type BusEvent =
  | { readonly kind: "bus_connected" | "bus_unreachable" | "bus_disconnected"; readonly bus: string; readonly detail: string }
  | { readonly kind: "unit_down" | "unit_up"; readonly bus: string; readonly unit: number | string; readonly detail: string };
