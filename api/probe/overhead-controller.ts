/**
 * Keeps what the tracker costs within its budget: everything is recorded while that is cheap,
 * then a sample, and at high rates the hook itself is on for a share of the time only.
 *
 * The budget is an account. It holds ten seconds' worth of the budget, so that a burst in a quiet
 * process is recorded exactly. What refills it is mostly the time in which the loop was busy: a share
 * of one core would be a large share of a process that uses a tenth of one.
 */
import { performance } from 'node:perf_hooks';

export interface OverheadController {
  /** How many tasks one recorded now stands for; 0 where the dice say that it is not recorded. */
  drawWeight(): number;
  /** The hook was called, whether for a task or for something that is none. */
  countCall(): void;
  /** What came by is a task. */
  countTask(): void;
  /** A task was recorded in this time; null where it was not measured. */
  countRecorded(measuredMs: number | null): void;
  /** Time spent elsewhere on the observed loop: sweeps and formatting. */
  charge(ms: number): void;
  /** The record limit was reached: half as many from now on. */
  halve(): void;
  /** Records are well below their limit again. */
  relax(): void;
  overheadPercent(): number;
  /** Probability with which a task is recorded while the hook is on. */
  samplingRate(): number;
  /** Share of time in which the hook is on. */
  dutyCycle(): number;
  stop(): void;
}

export interface OverheadControllerOptions {
  /** Share of one core that may be used, in percent. */
  budgetPercent: number;
  /** Turns the hook on or off. */
  setHook: (isOn: boolean) => void;
  /** Runs a function while the hook looks away. */
  quietly: (work: () => void) => void;
}

/** What Node and V8 spend on a call of a hook that does next to nothing, as measured. */
const CALL_COST_MS = 0.000_15;
/** The cost of a record until the first are measured. */
const INITIAL_RECORD_COST_MS = 0.012;
/** What a record costs beyond the hook: its share of garbage collection. */
const RECORD_COST_FACTOR = 1.5;

const ACCOUNT_SPAN_MS = 10_000;
/** Shares of the budget that busy time and all time pay in; the rest is for what no clock here sees. */
const BUSY_REFILL = 0.35;
const IDLE_REFILL = 0.05;
/** The most a cycle may spend beyond the account: so many times what it pays in. */
const OVERDRAFT = 2;
const CALM_CYCLE_MS = 1_000;
const SAMPLING_CYCLE_MS = 250;
const LONGEST_CYCLE_MS = 2_000;
const WINDOW_MS = 10;
/** Above this share of time, turning the hook off in between saves less than it blurs. */
const WORTHWHILE_DUTY = 0.7;
const SMALLEST_DUTY = 0.005;
const SMALLEST_PROBABILITY = 1e-4;
/** Shares of the budget: for the hook's bare presence, and of the rest for records. */
const PRESENCE_SHARE = 0.35;
const RECORDS_SHARE = 0.7;
/** How much of a new measurement goes into a running mean. */
const SMOOTHING = 0.3;
/** A rate is believed at once when it rises, and forgotten over this time when it falls. */
const RATE_MEMORY_MS = 30_000;
const COST_SMOOTHING = 0.05;
const OUTLIER_FACTOR = 3;
/** One brake on records, and then the hook goes off until the next cycle. */
const BRAKE_DIVISOR = 8;

interface Plan {
  probability: number;
  duty: number;
}

const EXACT: Plan = { probability: 1, duty: 1 };

const smooth = (mean: number, value: number) => mean + SMOOTHING * (value - mean);
const memory = (elapsedMs: number) => Math.exp(-elapsedMs / RATE_MEMORY_MS);
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Starts with the hook on. Its timers never keep the process alive. */
export function startOverheadController({
  budgetPercent,
  setHook,
  quietly,
}: OverheadControllerOptions): OverheadController {
  const budget = budgetPercent / 100;
  const fullAccountMs = budget * ACCOUNT_SPAN_MS;
  let accountMs = fullAccountMs;
  let plan = EXACT;
  /** Extra factor on the probability: braking within a cycle, and the record limit across cycles. */
  let brake = 1;
  let limitFactor = 1;
  let probability = 1;

  let isOn = false;
  let cycleStartedAt = performance.now();
  let onSince = cycleStartedAt;
  let onMs = 0;
  let calls = 0;
  let tasks = 0;
  let spentMs = 0;
  let allowanceMs = fullAccountMs;
  let busyBefore = performance.eventLoopUtilization();

  let callsPerMs = 0;
  let tasksPerMs = 0;
  let incomePerMs = 0;
  let recordCostMs = INITIAL_RECORD_COST_MS;
  let measuredDuty = 1;
  let overhead = 0;
  let timer: NodeJS.Timeout | undefined;

  function applyProbability(): void {
    const wanted = plan.probability * brake * limitFactor;
    probability = clamp(wanted, SMALLEST_PROBABILITY, 1);
  }

  function switchHook(on: boolean): void {
    if (on === isOn) return;
    const now = performance.now();
    if (on) onSince = now;
    else onMs += now - onSince;
    isOn = on;
    setHook(on);
  }

  /** A burst outran the account within a cycle. */
  function brakeNow(): void {
    if (brake === 1) {
      brake = 1 / BRAKE_DIVISOR;
      allowanceMs *= 1 + 1 / BRAKE_DIVISOR;
      applyProbability();
    } else {
      switchHook(false);
    }
  }

  function spend(ms: number): void {
    spentMs += ms;
    if (spentMs > allowanceMs && isOn) brakeNow();
  }

  function closeCycle(): void {
    const now = performance.now();
    if (isOn) {
      onMs += now - onSince;
      onSince = now;
    }
    const elapsedMs = Math.max(1, now - cycleStartedAt);
    if (onMs >= 1) noteRates(elapsedMs);
    measuredDuty = smooth(measuredDuty, onMs / elapsedMs);
    overhead = smooth(overhead, spentMs / elapsedMs);
    const incomeMs = refillMs(elapsedMs);
    incomePerMs = Math.max(incomeMs / elapsedMs, incomePerMs * memory(elapsedMs));
    accountMs = clamp(accountMs + incomeMs - spentMs, -fullAccountMs, fullAccountMs);
    cycleStartedAt = now;
    onMs = 0;
    calls = 0;
    tasks = 0;
    spentMs = 0;
  }

  function noteRates(elapsedMs: number): void {
    const kept = memory(elapsedMs);
    callsPerMs = Math.max(calls / onMs, callsPerMs * kept);
    tasksPerMs = Math.max(tasks / onMs, tasksPerMs * kept);
  }

  function refillMs(elapsedMs: number): number {
    const busyNow = performance.eventLoopUtilization();
    const busyMs = busyNow.active - busyBefore.active;
    busyBefore = busyNow;
    return budget * (BUSY_REFILL * busyMs + IDLE_REFILL * elapsedMs);
  }

  function nextPlan(): Plan {
    const target = incomePerMs * clamp((2 * accountMs) / fullAccountMs, 0.1, 1);
    const presenceCost = callsPerMs * CALL_COST_MS;
    const recordsCost = tasksPerMs * recordCostMs;
    const exactCost = presenceCost + recordsCost;
    const isAffordable = exactCost <= target || exactCost * CALM_CYCLE_MS <= accountMs / 2;
    if (isAffordable) return EXACT;
    const share = clamp((PRESENCE_SHARE * target) / presenceCost, SMALLEST_DUTY, 1);
    const duty = share > WORTHWHILE_DUTY ? 1 : share;
    const forRecords = RECORDS_SHARE * Math.max(0, target - duty * presenceCost);
    return { duty, probability: clamp(forRecords / (duty * recordsCost), SMALLEST_PROBABILITY, 1) };
  }

  function cycleMs(): number {
    if (plan.duty < 1) return Math.min(WINDOW_MS / plan.duty, LONGEST_CYCLE_MS);
    return probability < 1 ? SAMPLING_CYCLE_MS : CALM_CYCLE_MS;
  }

  function schedule(task: () => void, delayMs: number): void {
    quietly(() => {
      timer = setTimeout(task, delayMs).unref();
    });
  }

  function openCycle(): void {
    plan = nextPlan();
    brake = 1;
    applyProbability();
    const lengthMs = cycleMs();
    allowanceMs = Math.max(accountMs, OVERDRAFT * incomePerMs * lengthMs);
    switchHook(true);
    if (plan.duty === 1) {
      measuredDuty = 1;
      schedule(turn, lengthMs);
      return;
    }
    const windowMs = lengthMs * plan.duty;
    schedule(() => {
      switchHook(false);
      schedule(turn, lengthMs - windowMs);
    }, windowMs);
  }

  function turn(): void {
    closeCycle();
    openCycle();
  }

  openCycle();
  return {
    drawWeight: () => {
      if (!isOn) return 0;
      if (probability < 1 && Math.random() >= probability) return 0;
      return 1 / (probability * (plan.duty === 1 ? 1 : measuredDuty));
    },
    countTask: () => {
      tasks += 1;
    },
    countCall: () => {
      calls += 1;
      spend(CALL_COST_MS);
    },
    countRecorded: (measuredMs) => {
      if (measuredMs !== null) {
        // A clock cannot tell work from having lost the processor: no single measurement moves much.
        const costMs = Math.min(measuredMs * RECORD_COST_FACTOR, OUTLIER_FACTOR * recordCostMs);
        recordCostMs += COST_SMOOTHING * (costMs - recordCostMs);
      }
      spend(recordCostMs);
    },
    charge: (ms) => {
      spentMs += ms;
    },
    halve: () => {
      limitFactor /= 2;
      applyProbability();
    },
    relax: () => {
      limitFactor = Math.min(1, limitFactor * 2);
      applyProbability();
    },
    overheadPercent: () => 100 * overhead,
    samplingRate: () => probability,
    dutyCycle: () => (plan.duty === 1 ? 1 : Math.min(1, measuredDuty)),
    stop: () => {
      clearTimeout(timer);
      switchHook(false);
    },
  };
}
