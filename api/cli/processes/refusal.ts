/** Why diagnostics cannot be started in a process, told before anything is done to it. */
import { DiagnosticsError } from '../../base/errors.ts';
import { refusalOfNode } from '../../base/old-node.ts';
import { holderOf, listeningPorts, portsOf } from '../../base/processes/ports.ts';
import { allPids } from '../../base/processes/proc.ts';
import {
  factsOf,
  isLinux,
  nodeOptionsOf,
  type ProcessFacts,
  seesFile,
  sharesNetwork,
} from './facts.ts';
import { type InspectorPlace, inspectorPlace } from './inspector-place.ts';
import { nodeVersionOf, type VersionOf } from './node-version.ts';

/** How to get at one. */
export interface Attachable {
  facts: ProcessFacts;
  /** Null where the system does not tell. */
  nodeVersion: string | null;
  place: InspectorPlace;
  /** Its inspector listens already: it needs no signal, and is not ours to close. */
  hasInspector: boolean;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1', '']);

/**
 * The process, if it is one of this user that can be attended to at all.
 * @throws DiagnosticsError `NOT_FOUND`, `NOT_PERMITTED`
 */
export function ownProcess(pid: number): ProcessFacts {
  const facts = factsOf(pid);
  if (facts === null) throw new DiagnosticsError('NOT_FOUND', `there is no process ${pid}`);
  if (process.getuid !== undefined && facts.uid !== process.getuid()) {
    throw new DiagnosticsError(
      'NOT_PERMITTED',
      `process ${pid} belongs to another user (${facts.uid}): run this command as that user`,
    );
  }
  if (facts.isReadable === false) {
    throw new DiagnosticsError(
      'NOT_PERMITTED',
      `the system does not let this user look into process ${pid}`,
    );
  }
  return facts;
}

/**
 * @param packageFile what the process is to load
 * @throws DiagnosticsError `NOT_FOUND`, `NOT_PERMITTED`, `INVALID_INPUT` for what is no Node, `UNAVAILABLE` where it
 * cannot work, `PORT_TAKEN` where the port of its inspector is another's
 */
export function attachable(
  pid: number,
  packageFile: string,
  versionOf: VersionOf = nodeVersionOf,
): Attachable {
  const facts = ownProcess(pid);
  const refuse = (reason: string): never => {
    throw new DiagnosticsError('UNAVAILABLE', `${facts.program} (pid ${pid}) ${reason}`);
  };
  if (process.platform === 'win32') refuse('cannot be attached to: Windows has no such signal');
  const nodeVersion = versionOf(pid);
  if (isLinux() && nodeVersion === null) {
    throw new DiagnosticsError('INVALID_INPUT', `process ${pid} is no Node (${facts.executable})`);
  }
  const tooOld = nodeVersion === null ? null : refusalOfNode(nodeVersion);
  if (tooOld !== null) refuse(`cannot be attached to: ${tooOld}`);
  if (facts.isStopped) refuse('is stopped (SIGSTOP, or a debugger): nothing can run in it');
  if (!isLinux()) {
    return { facts, nodeVersion, place: inspectorPlace([]), hasInspector: false };
  }
  if (!seesFile(pid, packageFile)) {
    refuse(
      `is in a container, or another root, that has no ${packageFile}: run the command inside, or copy the package there (below /proc/${pid}/root)`,
    );
  }
  if (!sharesNetwork(pid)) {
    refuse(
      `is in another network (a container): run the command inside, or through \`nsenter --net --target ${pid}\``,
    );
  }
  return { facts, nodeVersion, ...inspectorOf(facts, refuse) };
}

function inspectorOf(
  { pid, program, catchesSigusr1 }: ProcessFacts,
  refuse: (reason: string) => never,
): Pick<Attachable, 'place' | 'hasInspector'> {
  const options = nodeOptionsOf(pid);
  const place = inspectorPlace(options);
  const own = portsOf(pid);
  const isOpen = own.includes(place.port) || (place.isOpenFromStart && place.port === 0);
  if (isOpen) return { place, hasInspector: true };
  if (catchesSigusr1 === false) {
    const why = options.find((option) =>
      /^--(disable-sigusr1|permission|experimental-permission)$/.test(option),
    );
    refuse(
      why === undefined
        ? 'does not listen for SIGUSR1, which would end it: it has just begun, or was started with --disable-sigusr1 or --permission'
        : `cannot be attached to: it was started with ${why}`,
    );
  }
  if (!LOOPBACK.has(place.host)) {
    refuse(`would open its inspector to others, on ${place.host} (--inspect-port)`);
  }
  const taken = listeningPorts(pid).find(({ port }) => port === place.port);
  if (taken !== undefined) {
    const holder = holderOf(taken, allPids());
    throw new DiagnosticsError(
      'PORT_TAKEN',
      `port ${place.port}, on which ${program} (pid ${pid}) would open its inspector, belongs to ${holder === null ? 'another process' : `process ${holder}`}: end that first (a debugger, or another program with --inspect)`,
    );
  }
  return { place, hasInspector: false };
}
