/** All points of a machine at one moment. `atMs`: monotonic machine time, ms. `values`: in the order of the points, NaN = unavailable or bad. */
export type Row = { readonly atMs: number; readonly values: Float64Array };
