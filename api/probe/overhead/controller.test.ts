import { describe, expect, it } from 'vitest';
import type { ControllerClock } from './clock.ts';
import { startOverheadController } from './controller.ts';
import type { OverheadController } from './types.ts';
import { type UntimedSpan, untimedCostMs } from './untimed-cost.ts';

interface Load {
  tasksPerMs: number;
  /** What recording one really takes. */
  recordCostMs: number;
  /** Share of the time in which the loop is busy. */
  utilization: number;
  /** Share of that for which it has a processor. @default 1 */
  ranShare?: number;
}

/** What a call of the hook takes in this model, the same as the controller takes it for. */
const CALL_COST_MS = 0.000_15;
const BUDGET_PERCENT = 2;
const SATURATING: Load = { tasksPerMs: 2_000, recordCostMs: 0.008, utilization: 1 };

/** A controller in a time of its own, in which tasks come at a given rate. */
class Simulation {
  nowMs = 0;
  busyMs = 0;
  cpuMs = 0;
  isOn = false;
  came = 0;
  estimated = 0;
  records = 0;
  spentMs = 0;
  #due: { atMs: number; task: () => void } | null = null;
  elsewhereMs = 0;
  readonly controller: OverheadController;

  constructor() {
    const after: ControllerClock['after'] = (delayMs, task) => {
      this.#due = { atMs: this.nowMs + delayMs, task };
      return () => {
        this.#due = null;
      };
    };
    this.controller = startOverheadController({
      budgetPercent: BUDGET_PERCENT,
      setHook: (isOn) => {
        this.isOn = isOn;
      },
      quietly: (work) => work(),
      elsewhereMs: () => this.elsewhereMs,
      clock: {
        nowMs: () => this.nowMs,
        busyMs: () => this.busyMs,
        cpuMs: () => this.cpuMs,
        after,
        soonAfter: after,
      },
    });
  }

  run(durationMs: number, { tasksPerMs, recordCostMs, utilization, ranShare = 1 }: Load): void {
    this.came = 0;
    this.estimated = 0;
    this.records = 0;
    this.spentMs = 0;
    const untilMs = this.nowMs + durationMs;
    while (this.nowMs < untilMs) {
      const before = Math.floor(this.came);
      this.came += tasksPerMs;
      const coming = Math.floor(this.came) - before;
      for (let task = 0; task < coming && this.isOn; task++) this.#meetTask(recordCostMs);
      this.nowMs += 1;
      this.busyMs += utilization;
      this.cpuMs += utilization * ranShare;
      if (this.#due !== null && this.#due.atMs <= this.nowMs) {
        const { task } = this.#due;
        this.#due = null;
        task();
      }
    }
  }

  #meetTask(recordCostMs: number): void {
    this.controller.countCall();
    this.controller.countTask();
    this.spentMs += CALL_COST_MS;
    const weight = this.controller.drawWeight();
    if (weight === 0) return;
    this.estimated += weight;
    this.records += 1;
    this.spentMs += recordCostMs;
    this.controller.countRecorded(recordCostMs);
  }
}

/** In a second. */
const untimedPercent = (span: Partial<UntimedSpan>) =>
  untimedCostMs({ elapsedMs: 1_000, requests: 0, ranMs: 0, ...span }) / 10;

describe('the overhead controller', () => {
  it('records everything at a low rate, for as long as it stays low', () => {
    const simulation = new Simulation();
    simulation.run(120_000, { tasksPerMs: 0.125, recordCostMs: 0.008, utilization: 0.05 });
    expect(simulation.estimated).toBe(simulation.came);
    expect(simulation.records).toBe(simulation.came);
  });

  it('costs a program that is idle for most of the time a small share of what that uses, too', () => {
    const simulation = new Simulation();
    const partial: Load = { tasksPerMs: 3, recordCostMs: 0.008, utilization: 0.08 };
    simulation.run(60_000, partial);
    simulation.run(60_000, partial);
    expect(simulation.spentMs / (60_000 * 0.08)).toBeLessThan(0.04);
    expect(simulation.estimated / simulation.came).toBeGreaterThan(0.85);
    expect(simulation.estimated / simulation.came).toBeLessThan(1.15);
  });

  it('records a burst in a quiet process exactly', () => {
    const simulation = new Simulation();
    simulation.run(60_000, { tasksPerMs: 0, recordCostMs: 0, utilization: 0.01 });
    simulation.run(1, { tasksPerMs: 5_000, recordCostMs: 0.008, utilization: 1 });
    expect(simulation.records).toBe(5_000);
  });

  it('sees a burst of a million tasks whole, by recording fewer and fewer of them', () => {
    const simulation = new Simulation();
    simulation.run(1, { tasksPerMs: 1_000_000, recordCostMs: 0.008, utilization: 1 });
    expect(simulation.estimated / simulation.came).toBeGreaterThan(0.85);
    expect(simulation.estimated / simulation.came).toBeLessThan(1.15);
    expect(simulation.controller.blindMs()).toBe(0);
    expect(simulation.controller.dutyCycle()).toBe(1);
  });

  it('sees a burst of 300,000 tasks whole, long after the start', () => {
    const simulation = new Simulation();
    simulation.run(120_000, { tasksPerMs: 0, recordCostMs: 0, utilization: 0.01 });
    simulation.run(1, { tasksPerMs: 300_000, recordCostMs: 0.008, utilization: 1 });
    expect(simulation.estimated / simulation.came).toBeGreaterThan(0.75);
    expect(simulation.estimated / simulation.came).toBeLessThan(1.25);
    expect(simulation.controller.blindMs()).toBe(0);
  });

  it('tells what other parts of the probe use with the rest, and records no less for it', () => {
    const simulation = new Simulation();
    const calm = { tasksPerMs: 0.125, recordCostMs: 0.008, utilization: 0.05 };
    simulation.run(20_000, calm);
    const alone = simulation.controller.overheadPercent();
    for (let second = 0; second < 30; second++) {
      simulation.elsewhereMs += 25;
      simulation.run(1_000, calm);
    }
    expect(simulation.controller.overheadPercent() - alone).toBeCloseTo(2.5, 1);
    expect(simulation.records).toBe(simulation.came);
  });

  it('spends of what the program gets, where it has to wait for a processor', () => {
    const crowded: Load = { ...SATURATING, ranShare: 0.1 };
    const simulation = new Simulation();
    simulation.run(60_000, crowded);
    simulation.run(60_000, crowded);
    expect(simulation.spentMs).toBeLessThan(6_000 * (BUDGET_PERCENT / 100));
  });

  it('is fully on again within seconds of a busy hour', () => {
    const simulation = new Simulation();
    simulation.run(3_600_000, { tasksPerMs: 50, recordCostMs: 0.008, utilization: 1 });
    simulation.run(20_000, { tasksPerMs: 0, recordCostMs: 0, utilization: 0.02 });
    expect(simulation.controller.dutyCycle()).toBe(1);
    expect(simulation.controller.samplingRate()).toBe(1);
  });

  it('counts the time that a burst beyond all measure leaves it blind for', () => {
    const simulation = new Simulation();
    simulation.run(100, { tasksPerMs: 0, recordCostMs: 0, utilization: 1 });
    simulation.run(1, { tasksPerMs: 5_000_000, recordCostMs: 0.008, utilization: 1 });
    expect(simulation.isOn).toBe(false);
    simulation.run(399, { tasksPerMs: 0, recordCostMs: 0, utilization: 1 });
    expect(simulation.controller.blindMs()).toBe(400);
    expect(simulation.controller.dutyCycle()).toBeCloseTo(0.2);
    simulation.run(1_000, { tasksPerMs: 0, recordCostMs: 0, utilization: 1 });
    expect(simulation.controller.blindMs()).toBe(900);
  });

  it('stays within the budget in a process that creates tasks as fast as it can', () => {
    const simulation = new Simulation();
    simulation.run(60_000, SATURATING);
    expect(simulation.spentMs).toBeLessThan(60_000 * (BUDGET_PERCENT / 100));
    simulation.run(60_000, SATURATING);
    expect(simulation.spentMs).toBeLessThan(60_000 * (BUDGET_PERCENT / 100) * 0.6);
  });

  it('goes on recording soon after the start has used the account up', () => {
    const simulation = new Simulation();
    simulation.run(20_000, SATURATING);
    simulation.run(20_000, SATURATING);
    expect(simulation.records).toBeGreaterThan(1_000);
    expect(simulation.controller.samplingRate()).toBeGreaterThan(0.001);
  });

  it('estimates the true number, also while the hook is off most of the time', () => {
    const simulation = new Simulation();
    simulation.run(30_000, SATURATING);
    simulation.run(120_000, SATURATING);
    expect(simulation.controller.dutyCycle()).toBeLessThan(0.1);
    expect(simulation.estimated / simulation.came).toBeGreaterThan(0.85);
    expect(simulation.estimated / simulation.came).toBeLessThan(1.15);
  });

  it('reports what is spent, neither less than half nor more than twice of it, and what cannot be timed', () => {
    const simulation = new Simulation();
    simulation.run(30_000, SATURATING);
    simulation.run(60_000, SATURATING);
    const spentPercent = (100 * simulation.spentMs) / 60_000;
    const reported = simulation.controller.overheadPercent() - untimedPercent({ ranMs: 1_000 });
    expect(reported).toBeGreaterThan(spentPercent / 2);
    expect(reported).toBeLessThan(spentPercent * 2);
  });

  it('reports more of a program that is asked, up to some requests a second, and more of a busy one', () => {
    expect(untimedPercent({})).toBeLessThan(0.3);
    expect(untimedPercent({ requests: 50 })).toBeLessThan(untimedPercent({ requests: 200 }));
    expect(untimedPercent({ requests: 8_000 })).toBeLessThan(0.7);
    expect(untimedPercent({ ranMs: 100 }) - untimedPercent({})).toBeCloseTo(0.3);
  });

  it('gives few of very many requests a context, which is most of what they cost', () => {
    const simulation = new Simulation();
    let contexts = 0;
    for (let ms = 0; ms < 60_000; ms++) {
      for (let request = 0; request < 60; request++) {
        if (simulation.controller.drawRequestWeight() !== null && ms >= 30_000) contexts += 1;
      }
      simulation.run(1, { tasksPerMs: 0, recordCostMs: 0, utilization: 1 });
    }
    expect(contexts / (30_000 * 60)).toBeLessThan(0.15);
    expect(contexts).toBeGreaterThan(1_000);
    const untimed = untimedPercent({ requests: 60_000, ranMs: 1_000 });
    expect(simulation.controller.overheadPercent()).toBeLessThan(1 + untimed);
  });

  it('records everything again half a minute after a start that was busy', () => {
    const simulation = new Simulation();
    simulation.run(4_000, { tasksPerMs: 25, recordCostMs: 0.012, utilization: 1 });
    const calm = { tasksPerMs: 0.0625, recordCostMs: 0.012, utilization: 0.1 };
    simulation.run(26_000, calm);
    simulation.run(10_000, calm);
    expect(simulation.records).toBe(simulation.came);
    simulation.run(1_000, { tasksPerMs: 0.5, recordCostMs: 0.012, utilization: 0.1 });
    expect(simulation.records).toBe(simulation.came);
  });

  it('takes the loading of modules as the start that it is, and records what follows at once', () => {
    const simulation = new Simulation();
    simulation.run(1_000, { tasksPerMs: 25, recordCostMs: 0.008, utilization: 1 });
    expect(simulation.records).toBe(simulation.came);
    simulation.run(1_000, { tasksPerMs: 1, recordCostMs: 0.008, utilization: 1 });
    expect(simulation.records).toBe(simulation.came);
  });

  it('does not take having lost the processor for what a record costs', () => {
    const simulation = new Simulation();
    for (let task = 0; task < 10_000; task++) {
      simulation.controller.countRecorded(task % 4 === 0 ? 10 : 0.001);
    }
    expect(simulation.controller.samplingRate()).toBe(1);
  });

  it('records what is made right after a sweep that took more than there was, and goes on at a lower rate', () => {
    const quiet: Load = { tasksPerMs: 1, recordCostMs: 0.008, utilization: 0.1 };
    const simulation = new Simulation();
    simulation.run(100, quiet);
    simulation.controller.charge(1_000);
    simulation.run(800, quiet);
    expect(simulation.records).toBe(simulation.came);
    expect(simulation.controller.blindMs()).toBe(0);
    simulation.run(10_000, { ...quiet, tasksPerMs: 25 });
    expect(simulation.records).toBeLessThan(simulation.came);
  });

  it('records as much where sweeps take their share', () => {
    const quiet: Load = { tasksPerMs: 0.125, recordCostMs: 0.008, utilization: 0.02 };
    const simulation = new Simulation();
    simulation.run(60_000, quiet);
    for (let second = 0; second < 60; second++) {
      simulation.controller.charge(4.5);
      simulation.run(1_000, quiet);
      expect(simulation.records).toBe(simulation.came);
    }
  });

  it('is exact again a while after a storm', () => {
    const simulation = new Simulation();
    simulation.run(10_000, SATURATING);
    simulation.run(240_000, { tasksPerMs: 0, recordCostMs: 0, utilization: 0.02 });
    expect(simulation.controller.samplingRate()).toBe(1);
    expect(simulation.controller.dutyCycle()).toBe(1);
  });
});
