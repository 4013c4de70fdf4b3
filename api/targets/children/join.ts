/** The way of a child to the process that observes its nearest ancestor, and what it tells that one. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { programFile } from '../../base/launch/program-file.ts';
import type { Diagnostics } from '../../diagnostics/types.ts';
import type { Finding, Health } from '../../health/finding.ts';
import type { ProcessReading } from '../../probe/readings/process.ts';
import type { ChildStatus } from '../target.ts';
import { createLineReader, type Hello, lineOf, type News, type Welcome } from './messages.ts';
import { ancestorsOfSelf, type FamilyPlace, isRunning, ownerOf, socketOf } from './place.ts';

/** What is told of the child itself; none of it asks the program. */
export interface ToldDiagnostics extends Pick<Diagnostics, 'history' | 'eventLoop'> {
  /** As it was judged last; null before. */
  lastHealth(): Health | null;
  /** Judges again what is known. */
  checkHealth(): void;
}

/** Which process it is. */
export type ToldProcess = Pick<ProcessReading, 'pid' | 'entryFile' | 'title' | 'startedAtMs'>;

/** What a child is, and how it fares. */
export interface ChildSelf {
  place: FamilyPlace;
  process: ToldProcess;
  diagnostics: ToldDiagnostics;
}

export interface Joined {
  /** How many of its ancestors are observed. */
  depth: number;
  /** Settles when the observer is gone. */
  ended: Promise<void>;
  leave(): void;
}

const TICK_MS = 1_000;
const POINTS_AT_ONCE = 100;
/** While the loop stands, its health is judged anew in every so many ticks. */
const JUDGED_EVERY = 2;
/** An observer that has just started is not there yet: the program waits for none of this, and a busy machine takes its time. */
const UNTIL_OPEN_MS = 30_000;
const RETRY_MS = 100;
const ANSWER_WITHIN_MS = 20_000;

/** Null where the observer does not answer, or does not want it. Never rejects. */
export async function joinObserver(observer: FamilyPlace, self: ChildSelf): Promise<Joined | null> {
  const socket = await connectTo(observer);
  if (socket === null) return null;
  const welcome = await introduce(socket, self).catch(() => null);
  if (welcome === null) {
    socket.destroy();
    return null;
  }
  const stopTelling = keepTelling(socket, self);
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => {
      stopTelling();
      resolve();
    });
  });
  return { depth: welcome.depth, ended, leave: () => socket.destroy() };
}

async function connectTo(observer: FamilyPlace): Promise<Socket | null> {
  const untilMs = performance.now() + UNTIL_OPEN_MS;
  for (;;) {
    const socket = await tryToConnect(socketOf(observer));
    if (socket !== null) return socket;
    if (performance.now() > untilMs || !isRunning(ownerOf(observer))) return null;
    await sleep(RETRY_MS, undefined, { ref: false });
  }
}

function tryToConnect(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const timer = setTimeout(() => socket.destroy(), ANSWER_WITHIN_MS);
    socket.once('connect', () => resolve(socket));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => resolve(null));
    socket.once('connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
  });
}

async function introduce(socket: Socket, self: ChildSelf): Promise<Welcome | null> {
  const { pid, title } = self.process;
  const hello: Hello = {
    name: self.place.name,
    pid,
    ancestors: ancestorsOfSelf().map((ancestor) => ancestor.pid),
    program: programFile(self.process.entryFile)?.split(/[\\/]/).at(-1) ?? title,
    status: await statusOf(self),
  };
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), ANSWER_WITHIN_MS);
    const take = createLineReader((value) => {
      clearTimeout(timer);
      const welcome = value as Welcome;
      resolve(welcome.isWelcome ? welcome : null);
    });
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      try {
        take(piece);
      } catch {
        socket.destroy();
      }
    });
    socket.once('close', () => resolve(null));
    socket.write(lineOf(hello));
  });
}

/** Tells what has changed, as long as what was told before was taken. */
function keepTelling(socket: Socket, self: ChildSelf): () => void {
  const { diagnostics } = self;
  let ticks = 0;
  let toldStatus = '';
  let toldFindings = '[]';
  let toldPoint = 0;
  async function tell(): Promise<void> {
    if (socket.writableLength > 0) return;
    const status = await statusOf(self);
    if (status.loop.blockedForMs > 0 && ticks++ % JUDGED_EVERY === 0) diagnostics.checkHealth();
    const findings: readonly Finding[] = diagnostics.lastHealth()?.findings ?? [];
    const points = diagnostics.history().filter(({ sequence }) => sequence > toldPoint);
    const news: News = {};
    const [statusText, findingsText] = [JSON.stringify(status), JSON.stringify(findings)];
    if (statusText !== toldStatus) news.status = status;
    if (findingsText !== toldFindings) news.findings = findings;
    if (points.length > 0) news.points = points.slice(-POINTS_AT_ONCE);
    if (Object.keys(news).length === 0) return;
    socket.write(lineOf(news));
    toldStatus = statusText;
    toldFindings = findingsText;
    toldPoint = points.at(-1)?.sequence ?? toldPoint;
  }
  const timer = setInterval(() => void tell().catch(() => {}), TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function statusOf({ process, diagnostics }: ChildSelf): Promise<ChildStatus> {
  const point = diagnostics.history().at(-1);
  return {
    pid: process.pid,
    file: programFile(process.entryFile),
    startedAtMs: process.startedAtMs,
    cpuPercent: point?.usagePercent ?? null,
    utilization: point?.eventLoopUtilization ?? null,
    heapUsedBytes: point?.alloc ?? null,
    rssBytes: point?.sys ?? null,
    loop: await diagnostics.eventLoop(),
  };
}
