/**
 * The tracker's budget as an account. It holds some seconds' worth of the budget, so that a burst in
 * a quiet process is recorded exactly. What the program uses of a core pays in, a share of the budget
 * alone, for it also pays for what no clock here sees, such as garbage collection; and time itself a
 * little. A share of all time would be a multiple of it of what a program uses that is idle for most
 * of it, or waits for a processor.
 */

import { clamp } from '../../base/numbers/clamp.ts';
import { math } from '../../base/numbers/math.ts';

export interface OverheadAccount {
  /** Whether some of what is there came with the opening, beyond what time can pay in. */
  hasOpeningCredit(): boolean;
  /** What is there, negative where more was spent. */
  balanceMs(): number;
  /** What each millisecond pays in, lately and at best. */
  incomePerMs(): number;
  /** 1 where at least half of what time pays in promptly is there, down to a tenth where nothing is. */
  health(): number;
  /** Books a stretch of time: for how long the loop was idle and for how long it ran, what was spent. */
  book(idleMs: number, ranMs: number, spentMs: number): void;
}

const SPAN_MS = 3_500;
/** What is there at first, beyond a full account: a program that starts loads its modules, at thousands of tasks. */
const OPENING_SHARE = 6;
/** After this time of it there is no more than a full account. */
const OPENING_MS = 10_000;
/** Up to this share of a full account time pays in as below, beyond it next to nothing: bursts are to be rare. */
const PROMPT_SHARE = 0.4;
const FILLING_MS = 60_000;
/** Share of the budget that each stretch of CPU time pays in, such as half a percent of it for a budget of 2 %. */
const CPU_SHARE = 0.25;
/** Share of the budget that any time pays in at least: what is this little is not noticed, whatever the program uses. */
const LEAST_SHARE = 0.15;
const LEAST_HEALTH = 0.1;
/** Debt beyond this share of a full account is forgiven: one burst must not blind the tracker for minutes. */
const DEEPEST_DEBT = 0.1;
/** An income is forgotten over this time when it falls. */
const MEMORY_MS = 30_000;

export function openOverheadAccount(budgetPercent: number): OverheadAccount {
  const budget = budgetPercent / 100;
  const fullMs = budget * SPAN_MS;
  let balanceMs = OPENING_SHARE * fullMs;
  let incomePerMs = 0;
  let mostMs = balanceMs;
  const openingPerMs = (balanceMs - fullMs) / OPENING_MS;
  return {
    hasOpeningCredit: () => balanceMs > fullMs,
    balanceMs: () => balanceMs,
    incomePerMs: () => incomePerMs,
    health: () => clamp((2 * balanceMs) / (PROMPT_SHARE * fullMs), LEAST_HEALTH, 1),
    book(idleMs, ranMs, spentMs) {
      const paidMs = math.max(1, idleMs + ranMs);
      const income = budget * math.max(LEAST_SHARE, CPU_SHARE * (ranMs / paidMs));
      incomePerMs = math.max(income, incomePerMs * math.exp(-paidMs / MEMORY_MS));
      mostMs = math.max(fullMs, mostMs - openingPerMs * paidMs);
      const promptMs = math.max(0, PROMPT_SHARE * fullMs - balanceMs + spentMs);
      const earnedMs = math.min(income * paidMs, promptMs + (paidMs * fullMs) / FILLING_MS);
      balanceMs = clamp(balanceMs + earnedMs - spentMs, -DEEPEST_DEBT * fullMs, mostMs);
    },
  };
}
