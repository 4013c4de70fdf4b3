/** Weights added up by key, to be used up again. */
export class Tally<Key> {
  readonly #weights = new Map<Key, number>();

  add(key: Key | undefined, weight = 1): void {
    if (key !== undefined) this.#weights.set(key, this.of(key) + weight);
  }

  of(key: Key | undefined): number {
    return key === undefined ? 0 : (this.#weights.get(key) ?? 0);
  }

  /** @returns whether there was that much, which is then used up. */
  take(key: Key | undefined, weight = 1): boolean {
    if (key === undefined || this.of(key) < weight) return false;
    this.add(key, -weight);
    return true;
  }
}
