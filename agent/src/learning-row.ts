// A row that something learns from, as the outbox keeps it: its values as little-endian doubles.

export const packRow = (values: Float64Array): Uint8Array =>
  new Uint8Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));

export const unpackRow = (body: string | Uint8Array): Float64Array => new Float64Array(Uint8Array.from(body as Uint8Array).buffer);
