/** What is used of `Math`, as it was when pprofql was loaded: the observed program may replace or delete it later. */
const { abs, ceil, clz32, exp, expm1, floor, imul, log, max, min, round, sqrt } = Math;

export const math = { abs, ceil, clz32, exp, expm1, floor, imul, log, max, min, round, sqrt };
