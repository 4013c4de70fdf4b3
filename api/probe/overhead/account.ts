/**
 * The tracker's budget as an account. It holds some seconds' worth of the budget, so that a burst in
 * a quiet process is recorded exactly. Time pays in: the less, the busier the loop is, for a busy
 * loop also pays for what no clock here sees, such as request contexts and garbage collection.
 */
import { clamp } from '../../base/clamp.ts';

export interface OverheadAccount {
  /** Whether some of what is there came with the opening, beyond what time can pay in. */
  hasOpeningCredit(): boolean;
  /** What is there, negative where more was spent. */
  balanceMs(): number;
  /** What each millisecond pays in, lately and at best. */
  incomePerMs(): number;
  /** 1 where the account is at least half full, down to a tenth where it is empty. */
  health(): number;
  /** Books a stretch of time: how long it was, how much of it the loop was busy, what was spent. */
  book(elapsedMs: number, busyMs: number, spentMs: number): void;
}

const SPAN_MS = 10_000;
/** What is there at first, beyond a full account: a program that starts loads its modules, at thousands of tasks. */
const OPENING_SHARE = 2;
/** Shares of the budget that idle and busy time pay in. */
const IDLE_SHARE = 0.9;
const BUSY_SHARE = 0.4;
const LEAST_HEALTH = 0.1;
/** Debt beyond this share of a full account is forgiven: one burst must not blind the tracker for minutes. */
const DEEPEST_DEBT = 0.25;
/** An income is forgotten over this time when it falls. */
const MEMORY_MS = 30_000;

export function openOverheadAccount(budgetPercent: number): OverheadAccount {
  const budget = budgetPercent / 100;
  const fullMs = budget * SPAN_MS;
  let balanceMs = OPENING_SHARE * fullMs;
  let incomePerMs = 0;
  return {
    hasOpeningCredit: () => balanceMs > fullMs,
    balanceMs: () => balanceMs,
    incomePerMs: () => incomePerMs,
    health: () => clamp((2 * balanceMs) / fullMs, LEAST_HEALTH, 1),
    book(elapsedMs, busyMs, spentMs) {
      const busy = clamp(busyMs / elapsedMs, 0, 1);
      const income = budget * (IDLE_SHARE + (BUSY_SHARE - IDLE_SHARE) * busy);
      incomePerMs = Math.max(income, incomePerMs * Math.exp(-elapsedMs / MEMORY_MS));
      const mostMs = Math.max(fullMs, balanceMs);
      balanceMs = clamp(balanceMs + income * elapsedMs - spentMs, -DEEPEST_DEBT * fullMs, mostMs);
    },
  };
}
