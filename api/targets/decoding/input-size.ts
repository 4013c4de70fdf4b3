import { isGzip } from '../../profile/decode/input-kind.ts';

const SIZE_FIELD_BYTES = 4;

/** Bytes that an input has to be decoded as: for gzip what its last four bytes say it unpacks to. */
export function unpackedBytes(input: Uint8Array): number {
  if (!isGzip(input) || input.length < SIZE_FIELD_BYTES) return input.length;
  const { buffer, byteOffset, length } = input;
  const said = new DataView(buffer, byteOffset, length).getUint32(length - SIZE_FIELD_BYTES, true);
  return Math.max(length, said);
}
