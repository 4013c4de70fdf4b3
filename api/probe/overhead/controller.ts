/**
 * Keeps what the tracker costs within its budget: everything is recorded while that is cheap,
 * then a sample, and at high rates the hook itself is on for a share of the time only.
 */

import { chance } from '../../base/numbers/chance.ts';
import { clamp } from '../../base/numbers/clamp.ts';
import { math } from '../../base/numbers/math.ts';
import { openOverheadAccount } from './account.ts';
import { PROCESS_CLOCK } from './clock.ts';
import { createHookSwitch } from './hook-switch.ts';
import { learnCost } from './learned-cost.ts';
import { CALL_COST_MS, learnPresenceCost } from './presence-cost.ts';
import { EXACT, planSampling, type SamplingPlan, SMALLEST_PROBABILITY } from './sampling-plan.ts';
import { countTraffic } from './traffic.ts';
import type { OverheadController, OverheadControllerOptions } from './types.ts';
import { untimedCostMs } from './untimed-cost.ts';

/** What a record costs until the first are timed, and beyond what is timed: its share of garbage collection. */
const INITIAL_RECORD_MS = 0.012;
const RECORD_FACTOR = 1.5;

/** The most a cycle may spend beyond the account: so many times what it pays in. */
const OVERDRAFT = 2;
const CALM_CYCLE_MS = 1_000;
/** Of what is there, so much may go into recording everything for a cycle. */
const AFFORDABLE_SHARE = 0.7;
const SAMPLING_CYCLE_MS = 250;
const LONGEST_CYCLE_MS = 2_000;
/** The shortest. */
const WINDOW_MS = 10;
/**
 * For so long before a window requests have a context already, so that what they make in the window is
 * not taken for what belongs to none.
 */
const LEAD_MS = 20;
/** How much of a new measurement goes into a running mean. */
const SMOOTHING = 0.3;
/** Over which time the reported overhead is averaged. */
const OVERHEAD_MEMORY_MS = 5_000;
/** Each brake on records within a cycle; after the last, the hook goes off until the next cycle. */
const BRAKE_DIVISOR = 8;
const STRONGEST_BRAKE = BRAKE_DIVISOR ** -4;
/** What a brake adds to the allowance of its cycle: with all of them, a burst of 300,000 tasks is seen whole. */
const BRAKE_GRANT = 1 / 3;

/**
 * Share of the budget that sweeps have for themselves, of all time: where requests hang they look at ever more records,
 * and the next that hangs is to be recorded all the same.
 */
export const SWEEP_SHARE = 0.25;

const smooth = (mean: number, value: number) => mean + SMOOTHING * (value - mean);

/** Starts with the hook on. Its timers never keep the process alive. */
export function startOverheadController({
  budgetPercent,
  setHook,
  quietly,
  elsewhereMs = () => 0,
  clock = PROCESS_CLOCK,
}: OverheadControllerOptions): OverheadController {
  const account = openOverheadAccount(budgetPercent);
  const sweepsPerMs = (SWEEP_SHARE * budgetPercent) / 100;
  let plan = EXACT;
  /** Extra factor on the probability: braking within a cycle, and the record limit across cycles. */
  let brake = 1;
  let limitFactor = 1;
  let probability = 1;

  const hook = createHookSwitch(setHook, clock.nowMs);
  let cycleStartedAt = clock.nowMs();
  const traffic = countTraffic();
  /** In the time before a window and in it. */
  let givesContexts = true;
  /** How many times as long as planned windows are. */
  let stretch = 1;
  /** How many tasks one in this window stands for. */
  let windowWeight = 1;
  /** By the hook and by its records. */
  let spentMs = 0;
  let chargedMs = 0;
  let allowanceMs = account.balanceMs();
  let grantMs = 0;
  let busyBeforeMs = clock.busyMs();
  let cpuBeforeMs = clock.cpuMs();

  const recordCost = learnCost({ initialMs: INITIAL_RECORD_MS, factor: RECORD_FACTOR });
  const presenceCost = learnPresenceCost();
  let elsewhereBeforeMs = 0;
  let measuredDuty = 1;
  let overhead = 0;
  let cancelTimer = () => {};

  function applyProbability(): void {
    const wanted = plan.probability * brake * limitFactor;
    probability = clamp(wanted, SMALLEST_PROBABILITY, 1);
  }

  /** A burst outran the account within a cycle: fewer records first, and blindness last. */
  function brakeNow(): void {
    if (brake > STRONGEST_BRAKE) {
      brake /= BRAKE_DIVISOR;
      allowanceMs += grantMs;
      applyProbability();
    } else {
      hook.goBlind();
    }
  }

  function dutyCycle(): number {
    if (hook.isBlind()) return hook.onMs() / math.max(1, clock.nowMs() - cycleStartedAt);
    return plan.duty === 1 ? 1 : measuredDuty;
  }

  function spend(ms: number): void {
    spentMs += ms;
    if (spentMs > allowanceMs && hook.isOn()) brakeNow();
  }

  function closeCycle(): void {
    const now = clock.nowMs();
    hook.countUp(now);
    const onMs = hook.onMs();
    const elapsedMs = math.max(1, now - cycleStartedAt);
    // What a program does while it starts is no measure of what comes.
    if (onMs >= 1 && !account.hasOpeningCredit()) {
      traffic.noteRates({ elapsedMs, onMs, isOfWindow: plan.duty < 1 });
    }
    measuredDuty = smooth(measuredDuty, onMs / elapsedMs);
    // Cycles differ in length by far: each counts for as long as it was.
    const share = 1 - math.exp(-elapsedMs / OVERHEAD_MEMORY_MS);
    const overchargedMs = math.max(0, chargedMs - sweepsPerMs * elapsedMs);
    const calledMs = traffic.calls() * (presenceCost.callMs() - CALL_COST_MS);
    const contextsMs = traffic.contexts() * presenceCost.requestMs();
    const ranMs = bookTime(elapsedMs, spentMs + calledMs + overchargedMs + contextsMs);
    const timedMs = spentMs + calledMs + chargedMs + spentElsewhereMs();
    const toldMs = timedMs + untimedCostMs({ elapsedMs, requests: traffic.requests(), ranMs });
    overhead += share * (toldMs / elapsedMs - overhead);
    cycleStartedAt = now;
    hook.startCycle();
    traffic.startCycle();
    spentMs = 0;
    chargedMs = 0;
  }

  /** In this cycle. Contexts of requests are in it, as far as a clock sees them. */
  function spentElsewhereMs(): number {
    const beforeMs = elsewhereBeforeMs;
    elsewhereBeforeMs = elsewhereMs();
    return elsewhereBeforeMs - beforeMs;
  }

  /** @returns CPU time of the thread since the last one */
  function bookTime(elapsedMs: number, costMs: number): number {
    const [busyMs, cpuMs] = [clock.busyMs(), clock.cpuMs()];
    const activeMs = clamp(busyMs - busyBeforeMs, 0, elapsedMs);
    const ranMs = clamp(cpuMs - cpuBeforeMs, 0, activeMs);
    account.book(elapsedMs - activeMs, ranMs, costMs);
    presenceCost.noteRun(ranMs, elapsedMs);
    busyBeforeMs = busyMs;
    cpuBeforeMs = cpuMs;
    return ranMs;
  }

  function nextPlan(): SamplingPlan {
    const rates = traffic.rates();
    const presence =
      rates.calls * presenceCost.callMs() + rates.requests * presenceCost.requestMs();
    const costs = { presence, records: rates.tasks * recordCost.ms() };
    const isAffordable =
      (costs.presence + costs.records) * CALM_CYCLE_MS <= AFFORDABLE_SHARE * account.balanceMs();
    return isAffordable ? EXACT : planSampling(costs, account.incomePerMs() * account.health());
  }

  function cycleMs(): number {
    if (plan.duty < 1) return clamp(WINDOW_MS / plan.duty, SAMPLING_CYCLE_MS, LONGEST_CYCLE_MS);
    return probability < 1 ? SAMPLING_CYCLE_MS : CALM_CYCLE_MS;
  }

  function schedule(task: () => void, delayMs: number, after = clock.after): void {
    const guarded = () => {
      try {
        task();
      } catch {
        // An exception of a timer would end the host. Without a next turn the hook stays off.
        hook.set(false);
      }
    };
    quietly(() => {
      cancelTimer = after(delayMs, guarded);
    });
  }

  function openCycle(): void {
    plan = nextPlan();
    brake = 1;
    applyProbability();
    const lengthMs = cycleMs();
    allowanceMs = math.max(account.balanceMs(), OVERDRAFT * account.incomePerMs() * lengthMs);
    grantMs = BRAKE_GRANT * allowanceMs;
    hook.see();
    if (plan.duty === 1) {
      measuredDuty = 1;
      givesContexts = true;
      hook.set(true);
      schedule(turn, lengthMs, probability < 1 ? clock.after : clock.soonAfter);
      return;
    }
    hook.set(false);
    givesContexts = false;
    const windowMs = lengthMs * plan.duty;
    const leadMs = math.min(LEAD_MS, lengthMs - windowMs);
    schedule(
      () => {
        givesContexts = true;
        schedule(() => openWindow(windowMs), leadMs);
      },
      lengthMs - windowMs - leadMs,
    );
  }

  /** What is made in it stands for what was made since the last as well. */
  function openWindow(windowMs: number): void {
    const expectedMs = windowMs * stretch;
    windowWeight = (clock.nowMs() - cycleStartedAt + expectedMs) / expectedMs;
    hook.set(true);
    schedule(() => {
      hook.set(false);
      // A loop that is busy turns late.
      stretch = smooth(stretch, math.max(1, hook.onMs() / windowMs));
      turn();
    }, windowMs);
  }

  function turn(): void {
    closeCycle();
    openCycle();
  }

  function drawWeight(): number {
    if (!hook.isOn()) return 0;
    if (probability < 1 && chance() >= probability) return 0;
    return weightInWindow() / probability;
  }

  const weightInWindow = () => (plan.duty === 1 ? 1 : windowWeight);

  openCycle();
  return {
    drawWeight,
    weightInWindow,
    drawRequestWeight: () => {
      traffic.countRequest();
      if (!givesContexts) return null;
      traffic.countContext();
      return drawWeight();
    },
    countTask: traffic.countTask,
    countCall: () => {
      traffic.countCall();
      spend(CALL_COST_MS);
    },
    countRecorded: (measuredMs) => {
      if (measuredMs !== null) recordCost.learn(measuredMs);
      spend(recordCost.ms());
    },
    countDropped: spend,
    charge: (ms) => {
      chargedMs += ms;
    },
    halve: () => {
      limitFactor /= 2;
      applyProbability();
    },
    relax: () => {
      limitFactor = math.min(1, limitFactor * 2);
      applyProbability();
    },
    overheadPercent: () => 100 * overhead,
    samplingRate: () => probability,
    dutyCycle: () => math.min(1, dutyCycle()),
    blindMs: hook.blindMs,
    stop: () => {
      hook.see();
      cancelTimer();
      hook.set(false);
    },
  };
}
