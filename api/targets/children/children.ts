/** The children of the observed process that run pprofql as well, as targets: each from its start to its end. */
import { createServer, type Socket } from 'node:net';
import { SELF } from '../../base/self.ts';
import type { ProbeDiagnostics } from '../../diagnostics/diagnostics.ts';
import { createHistoryRing, type HistoryRing } from '../../diagnostics/history/ring.ts';
import type { Finding } from '../../health/finding.ts';
import type { SourceDiagnosticsOptions } from '../asked/diagnostics.ts';
import type { Decoder } from '../decoding/decoder.ts';
import { type TargetParts, type TargetRegistry, targetFrom } from '../list.ts';
import { createPprofqlSource } from '../pprofql/source.ts';
import type { ChildStatus, TargetSource } from '../target.ts';
import { createSocketHttp } from './http.ts';
import { createLineReader, type Hello, lineOf, type News } from './messages.ts';
import { type FamilyPlace, placeNamed, removeFiles, socketOf } from './place.ts';

export interface ChildTargetsOptions
  extends Omit<SourceDiagnosticsOptions, 'name' | 'answering' | 'keepHistory' | 'via'> {
  place: FamilyPlace;
  decoder: Decoder;
  own: Pick<ProbeDiagnostics, 'judgeParts' | 'checkHealth'>;
}

/** Further ones open a port of their own. */
const MOST_CHILDREN = 256;
/** Whoever connects and says nothing is no child. */
const HELLO_WITHIN_MS = 30_000;

interface Child {
  name: string;
  title: string;
  ancestors: readonly number[];
  status: ChildStatus;
  findings: readonly Finding[];
  history: HistoryRing;
}

/**
 * Opens the socket at which children introduce themselves.
 * @param registry the list that they join and leave
 */
export function followChildren(
  options: ChildTargetsOptions,
  registry: TargetRegistry,
): TargetParts {
  const { place, own } = options;
  const children = new Map<number, Child>();
  const sockets = new Set<Socket>();

  /** Its nearest ancestor that is a target here; nothing for a process of pm2, which is none of it. */
  function parentOf({ ancestors }: Child): { parent?: string } {
    for (const pid of ancestors) {
      const parent = children.get(pid);
      if (parent !== undefined) return { parent: parent.name };
      if (pid === process.pid) return { parent: SELF };
    }
    return {};
  }

  function add(hello: Hello, socket: Socket): Child {
    const name = `child-${hello.pid}`;
    const title = `${name} of ${hello.program}`;
    const child: Child = {
      name,
      title,
      ancestors: hello.ancestors,
      status: hello.status,
      findings: [],
      history: createHistoryRing(options.historySize),
    };
    const itsPlace = placeNamed(place, hello.name)!;
    const lifetime = new AbortController();
    const http = createSocketHttp({
      name,
      socketPath: socketOf(itsPlace),
      lifetime: lifetime.signal,
    });
    const asked = createPprofqlSource({ name, http, decoder: options.decoder });
    // It loads what answers at the first question, which takes a busy machine seconds.
    let awake: Promise<unknown> | null = null;
    const whenAwake = () => (awake ??= asked.isThere());
    const source: TargetSource = {
      ...asked,
      kind: 'NODE',
      read: (request) => whenAwake().then(() => asked.read(request)),
      readLoop: () => whenAwake().then(() => asked.readLoop?.() ?? null),
    };
    const target = targetFrom(name, source, { ...options, keepHistory: false, via: 'HTTP' });
    const { history, subscribe, stop } = child.history;
    const diagnostics = {
      ...target.diagnostics,
      // What it tells by itself it is not asked for.
      history,
      metricsHistory: subscribe,
      eventLoop: async () => child.status.loop,
    };
    children.set(hello.pid, child);
    registry.add({
      ...target,
      diagnostics,
      status: async () => ({
        ...(await target.status()),
        ...parentOf(child),
        title,
        child: child.status,
      }),
    });
    socket.once('close', () => {
      lifetime.abort();
      target.diagnostics.stop();
      stop();
      // One that was killed has left it behind.
      removeFiles(itsPlace);
      if (children.get(hello.pid) !== child) return;
      children.delete(hello.pid);
      registry.remove(name, `${title} has ended`);
      if (child.findings.length > 0) own.checkHealth();
    });
    return child;
  }

  function meet(socket: Socket): void {
    sockets.add(socket);
    let child: Child | null = null;
    const timer = setTimeout(() => child ?? socket.destroy(), HELLO_WITHIN_MS);
    const take = createLineReader((value) => {
      if (child !== null) return hear(child, value as News);
      const hello = checkedHello(value, place);
      const isWelcome = children.size < MOST_CHILDREN;
      if (isWelcome) child = add(hello, socket);
      const depth = hello.ancestors.filter(
        (pid) => children.has(pid) || pid === process.pid,
      ).length;
      socket.write(lineOf({ isWelcome, depth }));
      if (!isWelcome) socket.end();
    });
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece: string) => {
      try {
        take(piece);
      } catch {
        // No child of ours writes such a thing.
        socket.destroy();
      }
    });
    socket.once('close', () => {
      clearTimeout(timer);
      sockets.delete(socket);
    });
  }

  function hear(child: Child, { status, findings, points = [] }: News): void {
    for (const point of points) child.history.push(point);
    if (status !== undefined) child.status = status;
    if (findings === undefined) return;
    child.findings = findings;
    own.checkHealth();
  }

  const server = createServer(meet);
  // Without it children are on their own.
  server.on('error', () => {});
  server.listen(socketOf(place));
  own.judgeParts(() => [...children.values()].flatMap(findingsOf));
  return {
    refresh: async () => {},
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** @throws Error where it is none */
function checkedHello(value: unknown, place: FamilyPlace): Hello {
  const hello = value as Hello;
  const isHello =
    typeof hello === 'object' &&
    hello !== null &&
    Number.isInteger(hello.pid) &&
    typeof hello.program === 'string' &&
    Array.isArray(hello.ancestors) &&
    typeof hello.status === 'object' &&
    placeNamed(place, String(hello.name)) !== null;
  if (!isHello) throw new Error('this is no hello');
  return hello;
}

/** What its process must hear of, named by the child. */
function findingsOf({ name, title, findings }: Child): Finding[] {
  return findings
    .filter(({ severity, kind }) => severity !== 'NOTICE' && kind !== 'PREVIOUS_RUN_DIED')
    .map((finding) => ({
      ...finding,
      id: `${name}-${finding.id}`,
      sentence: `${title}: ${uncapitalized(finding.sentence)}`,
    }));
}

function uncapitalized(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
