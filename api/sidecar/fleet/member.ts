/** This process as an instance of a fleet: it dials out, tells of itself, and answers. Never touches the program. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { programFile } from '../../base/launch/program-file.ts';
import { logLine } from '../../base/log.ts';
import type { ResolvedOptions } from '../../base/options/options.ts';
import { serviceIdentity } from '../../base/options/service.ts';
import type { ProbeDiagnostics } from '../../diagnostics/diagnostics.ts';
import type { FleetStatus } from '../../diagnostics/fleet-status.ts';
import type { ProcessReading } from '../../probe/readings/process.ts';
import { type Engine, openEngine } from '../../targets/fleet/engine/engine.ts';
import { PROTOCOL } from '../../targets/fleet/wire/about.ts';
import { askChannel } from '../../targets/fleet/wire/names.ts';
import { COLUMNS } from '../../targets/fleet/wire/points.ts';
import type { TargetHttp } from '../../targets/remote/http.ts';
import { createAnswering } from './answering.ts';
import { createLastWords } from './last-words.ts';
import { startTelling } from './telling.ts';

export interface MemberOptions
  extends Pick<ResolvedOptions, 'service' | 'intervalMs' | 'fleetHistoryMs' | 'fleetRetentionMs'> {
  fleet: string;
  process: ProcessReading;
  version: string | null;
  diagnostics: Pick<
    ProbeDiagnostics,
    'history' | 'eventLoop' | 'captures' | 'lastHealth' | 'checkHealth' | 'blackBox'
  >;
  /** Asks the API of this process. */
  http: TargetHttp;
}

export interface Member {
  status(): FleetStatus;
  /** Says that it leaves. Idempotent. */
  stop(): Promise<void>;
}

const ID_CHARACTERS = 16;

/** @throws where the client of the engine cannot be loaded */
export async function joinFleet(options: MemberOptions): Promise<Member> {
  const { process, diagnostics, http } = options;
  const { pid, startedAtMs, nodeVersion, title, entryFile } = process;
  const host = hostname();
  const file = programFile(entryFile);
  const program = file === null ? title : path.basename(file);
  const id = createHash('sha256')
    .update(JSON.stringify([host, pid, startedAtMs]))
    .digest('hex')
    .slice(0, ID_CHARACTERS);
  let engine: Engine | null = null;
  const answering = createAnswering({ http, engine: () => engine });
  const connected = await openEngine(options.fleet, {
    channels: [askChannel(id)],
    onMessage: (_channel, message) => answering.take(message),
    onConnected: () => telling.tellAll(),
    log: logLine,
  });
  engine = connected;
  const telling = startTelling({
    id,
    engine: connected,
    diagnostics,
    about: {
      protocol: PROTOCOL,
      version: options.version,
      service: serviceIdentity(options.service, globalThis.process.env).serviceName ?? program,
      host,
      pid,
      program,
      nodeVersion,
      startedAtMs,
      intervalMs: options.intervalMs,
      columns: COLUMNS,
    },
    lastWords: createLastWords(() => diagnostics.blackBox?.().file ?? null),
    historyMs: options.fleetHistoryMs,
    retentionMs: options.fleetRetentionMs,
  });
  let stopping: Promise<void> | null = null;
  return {
    status: () => ({
      ...connected.status(),
      instanceId: id,
      lostPoints: telling.lostPoints(),
      lostCaptures: telling.lostCaptures(),
      refusedQuestions: answering.refused(),
    }),
    stop() {
      stopping ??= telling.leave().finally(connected.stop);
      return stopping;
    },
  };
}
