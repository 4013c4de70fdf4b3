/**
 * Functions of ours that stood in for others: what stands in for the same one may be taken back in any order. Without
 * this, the first of two that ends leaves its own below the second, which would then be put back for good.
 */
const { apply } = Reflect;
const { get, set } = WeakMap.prototype;
/** What each that was taken back stood in for. */
const befores = new WeakMap<object, object>();

/** `standIn` is done with. @param original what it stood in for */
export function noteTakenBack(standIn: object, original: object): void {
  apply(set, befores, [standIn, original]);
}

/** What is to be put back: `original`, or where that was itself taken back, what it stood in for. */
export function beforeTakenBack<Original extends object>(original: Original): Original {
  let found: object = original;
  for (;;) {
    const before = apply(get, befores, [found]) as object | undefined;
    if (before === undefined) return found as Original;
    found = before;
  }
}
