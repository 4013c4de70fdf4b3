const OWNER = 'owner_symbol';

/** The object of the program that a native handle belongs to; null for none. */
export function ownerOf(handle: object): object | null {
  const key = Object.getOwnPropertySymbols(handle).find(({ description }) => description === OWNER);
  return key === undefined ? null : ((handle as Record<symbol, object | null>)[key] ?? null);
}
