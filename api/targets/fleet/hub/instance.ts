/** One instance of a fleet as a target: what it has told is at hand, the rest it is asked for. */
import { gunzipSync } from 'node:zlib';
import { DiagnosticsError } from '../../../base/errors.ts';
import { durationText } from '../../../base/text/duration.ts';
import { checkLimit } from '../../../diagnostics/answers/limit.ts';
import { parseBox } from '../../../diagnostics/black-box/record/read.ts';
import { MAX_BOX_BYTES } from '../../../diagnostics/black-box/record/record.ts';
import {
  type PreviousRun,
  previousRunOf,
} from '../../../diagnostics/black-box/runs/previous-run.ts';
import type { ProcessFacts } from '../../../diagnostics/process-facts.ts';
import { unwatchedLoop } from '../../../diagnostics/stalls/unwatched-loop.ts';
import type { GoroutineSnapshot } from '../../../diagnostics/tasks.ts';
import type { OwnedDiagnostics } from '../../../diagnostics/types.ts';
import type { Finding, Health } from '../../../health/finding.ts';
import type { SourceDiagnosticsOptions } from '../../asked/diagnostics.ts';
import type { Decoder } from '../../decoding/decoder.ts';
import { type Target, targetFrom } from '../../list.ts';
import type { InstanceStatus, TargetStatus } from '../../target.ts';
import type { Engine } from '../engine/engine.ts';
import { type About, movedBy, PROTOCOL, type Pulse } from '../wire/about.ts';
import { keysOf } from '../wire/names.ts';
import type { Asking } from './asking.ts';
import { createInstanceCaptures, type InstanceCapturesOptions } from './instance-captures.ts';
import { createInstanceHistory, type InstanceHistory, RECENT_POINTS } from './instance-history.ts';
import { createInstanceSource } from './instance-source.ts';

export interface InstanceOptions
  extends Omit<SourceDiagnosticsOptions, 'name' | 'answering' | 'keepHistory' | 'via' | 'kept'>,
    Pick<InstanceCapturesOptions, 'cache' | 'fleetRetentionMs' | 'log'> {
  id: string;
  /** Of the target. */
  name: string;
  about: About;
  decoder: Decoder;
  asking: Asking;
  engine(): Engine | null;
  /** Of the engine's clock before this one. */
  aheadMs(): number;
}

export interface Instance {
  id: string;
  title: string;
  service: string;
  target: Target & { diagnostics: OwnedDiagnostics };
  history: InstanceHistory;
  /** What it was told last; null where it is gone. */
  setPulse(pulse: Pulse | null): void;
  setHealth(health: Health | null): void;
  /** Of the findings that are at hand. */
  healthRevision: string;
  /** Asked beside all others: nothing is kept of it. */
  readTasks(): Promise<GoroutineSnapshot>;
  pulse(): Pulse | null;
  health(): Health | null;
  status(): InstanceStatus;
  stop(): void;
}

export function createInstance(options: InstanceOptions): Instance {
  const { id, name, about, engine, aheadMs } = options;
  const { host, pid, program, service, version, startedAtMs } = about;
  const title = pid === 1 ? host : `${host} (${pid})`;
  const lifetime = new AbortController();
  let pulse: Pulse | null = null;
  let lastPulse: Pulse | null = null;
  let told: Health | null = null;
  const history = createInstanceHistory({
    id,
    columns: about.columns,
    aheadMs,
    async send(commands) {
      const open = engine();
      if (open === null) throw new Error('it is not connected');
      return open.send(commands);
    },
  });

  const lastSeenAtMs = () =>
    Math.max(
      lastPulse === null ? startedAtMs - aheadMs() : lastPulse.atMs - aheadMs(),
      history.lastAtMs() ?? 0,
    );

  function refusal(): string | null {
    if (pulse === null)
      return `is gone: it was last seen ${durationText(Date.now() - lastSeenAtMs())} ago`;
    if (about.protocol === PROTOCOL) return null;
    return `cannot be asked: its pprofql${version === null ? '' : ` ${version}`} speaks another protocol`;
  }

  const source = createInstanceSource({ ...options, refusal, lifetime: lifetime.signal });
  const kept = createInstanceCaptures({ ...options, isGone: () => pulse === null });
  const target = targetFrom(name, source, { ...options, kept, keepHistory: false, via: 'HTTP' });
  const asked = target.diagnostics;

  const facts: ProcessFacts = {
    pid,
    instanceId: id,
    startedAtMs: startedAtMs - aheadMs(),
    nodeVersion: about.nodeVersion,
    v8Version: null,
    platform: null,
    arch: null,
    title: program,
    cwd: null,
    cpuCount: null,
    availableParallelism: null,
    serviceName: service,
  };

  /** Nobody saw its end: what was seen of it may still tell. */
  async function lastWords(): Promise<PreviousRun | null> {
    const [packed] = (await engine()?.readBytes([keysOf(id).lastWords], MAX_BOX_BYTES)) ?? [];
    if (packed == null) return null;
    const text = gunzipSync(packed, { maxOutputLength: MAX_BOX_BYTES }).toString('utf8');
    const run = previousRunOf(parseBox(text), Date.now(), { isOver: true }, title);
    if (run.end.how === 'OUT_OF_MEMORY') return run;
    return {
      ...run,
      end: { ...run.end, how: 'UNKNOWN', isCertain: false },
      sentence: `${title} is gone, and how it ended is not known; these are its last words.`,
    };
  }

  async function previousRun(): Promise<PreviousRun | null> {
    if (pulse !== null) return null;
    try {
      return await lastWords();
    } catch (cause) {
      throw new DiagnosticsError('TARGET_FAILED', `the last words of ${name} cannot be read`, {
        cause,
      });
    }
  }

  /** The last that it said of itself; nothing of it is of now. */
  function goneHealth(): Health {
    const sentence = `${title} ${refusal() ?? 'is gone'}.`;
    const known = told ?? { status: 'HEALTHY', findings: [], tooEarly: [], cleared: [] };
    const gone: Finding = {
      id: 'gone',
      kind: 'NOT_ANSWERING',
      severity: 'NOTICE',
      sinceMs: lastSeenAtMs(),
      sentence,
      culprit: null,
      stack: [],
      routes: [],
      count: null,
      bytes: null,
      nextStep: 'Look at its history, and at its last words (`previousRun`).',
    };
    return {
      ...known,
      status: known.status === 'HEALTHY' ? 'NOTICE' : known.status,
      checkedAtMs: told?.checkedAtMs ?? lastSeenAtMs(),
      sentence,
      findings: [...known.findings, gone],
    };
  }

  const diagnostics: OwnedDiagnostics = {
    ...asked,
    async pprof() {
      await history.loadAll();
      return asked.pprof();
    },
    history: history.history,
    async *metricsHistory(request) {
      await history.loadAll();
      yield* history.subscribe(request);
    },
    eventLoop: async () =>
      pulse === null ? unwatchedLoop('the process is gone').status() : asked.eventLoop(),
    stalls: async () => (pulse === null ? [] : asked.stalls()),
    health: async () => (pulse === null ? goneHealth() : asked.health()),
    async *healthChanges(request) {
      if (pulse === null) yield goneHealth();
      else yield* asked.healthChanges(request);
    },
    process: async () => (pulse === null ? facts : asked.process().catch(() => facts)),
    previousRun,
    // Nobody is asked for what is scraped again and again.
    metrics: async () => ({
      figures: null,
      process: facts,
      points: pulse === null ? [] : history.recent(),
      health: pulse === null ? null : told,
      tasks: null,
      stalls: null,
      blockedForMs: pulse?.blockedForMs ?? null,
      gcPauseMs: null,
      requestsServed: null,
      routes: [],
    }),
    stop() {
      lifetime.abort();
      asked.stop();
      history.stop();
    },
  };

  function status(): InstanceStatus {
    return {
      service,
      host,
      pid,
      program,
      version,
      startedAtMs: startedAtMs - aheadMs(),
      lastSeenAtMs: lastSeenAtMs(),
      isGone: pulse === null,
      health: lastPulse?.status ?? told?.status ?? null,
      sentence: pulse === null ? `It ${refusal()}.` : pulse.sentence,
      doing: pulse?.doing ?? null,
      blockedForMs: pulse?.blockedForMs ?? null,
      recent({ limit }) {
        checkLimit(limit, RECENT_POINTS);
        return history.recent().slice(-limit);
      },
    };
  }

  async function targetStatus(): Promise<TargetStatus> {
    const told = await target.status();
    const refused = refusal();
    return {
      ...told,
      title,
      instance: status(),
      lastAnswerAtMs: Math.max(told.lastAnswerAtMs ?? 0, lastSeenAtMs()),
      // It tells of itself, whether it was asked or not.
      state: refused === null && told.state === 'NOT_ASKED' ? 'ANSWERING' : told.state,
      ...(refused !== null && { state: 'FAILING' as const, error: `it ${refused}` }),
    };
  }

  return {
    id,
    title,
    service,
    history,
    target: { ...target, diagnostics, status: targetStatus },
    healthRevision: '',
    setPulse(next) {
      pulse = next;
      lastPulse = next ?? lastPulse;
    },
    setHealth(health) {
      told = health && movedBy(health, -aheadMs());
    },
    readTasks: () => source.readGoroutines({ raw: false }),
    pulse: () => pulse,
    health: () => told,
    status,
    stop: diagnostics.stop,
  };
}
