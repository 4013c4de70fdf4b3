/** Numbers values in the order in which they first come. */
export interface Numbering<Value> {
  numberOf(value: Value): number;
  /** By their numbers. */
  values(): Value[];
}

export function createNumbering<Value>(): Numbering<Value> {
  const numbers = new Map<Value, number>();
  return {
    numberOf(value) {
      const known = numbers.get(value);
      if (known !== undefined) return known;
      numbers.set(value, numbers.size);
      return numbers.size - 1;
    },
    values: () => [...numbers.keys()],
  };
}
