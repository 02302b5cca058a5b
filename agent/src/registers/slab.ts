// Small typed arrays cut from bigger ones, as Node does with small buffers: an array of its own for each reply and reading costs more than to
// decode it. A slab lives as long as any of its pieces; no piece is given out twice.

const slabBytes = 16_384;

type TypedArray = Uint16Array | Float64Array;
type Create<A extends TypedArray> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): A;
};

/** @returns what cuts the next piece, all zeros. */
export function slab<A extends TypedArray>(Type: Create<A>): (length: number) => A {
  let buffer = new ArrayBuffer(slabBytes);
  let taken = 0;
  return (length) => {
    const bytes = length * Type.BYTES_PER_ELEMENT;
    if (4 * bytes > slabBytes) return new Type(new ArrayBuffer(bytes), 0, length);
    if (taken + bytes > slabBytes) [buffer, taken] = [new ArrayBuffer(slabBytes), 0];
    const piece = new Type(buffer, taken, length);
    taken += bytes;
    return piece;
  };
}
