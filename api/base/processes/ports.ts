/** Who listens on which port, in the network that a process sees. */
import { descriptors, procText } from './proc.ts';

export interface ListeningPort {
  port: number;
  inode: string;
}

const LISTENS = '0A';
const HEX = 16;
const LOCAL_ADDRESS = 1;
const STATE = 3;
const INODE = 9;

/** Every port that is listened on there, by whomever. */
export function listeningPorts(pid: number): ListeningPort[] {
  return ['net/tcp', 'net/tcp6'].flatMap((file) => portsIn(procText(pid, file) ?? ''));
}

/**
 * The lines of `/proc/net/tcp` that listen.
 * @internal
 */
export function portsIn(text: string): ListeningPort[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[STATE] === LISTENS)
    .map((fields) => ({
      port: Number.parseInt(fields[LOCAL_ADDRESS]!.split(':').at(-1)!, HEX),
      inode: fields[INODE]!,
    }));
}

/** The ports that the process itself listens on. */
export function portsOf(pid: number): number[] {
  const own = socketsOf(pid);
  return listeningPorts(pid)
    .filter(({ inode }) => own.has(inode))
    .map(({ port }) => port);
}

/** Who of `pids` holds the port; null where it is none of them. */
export function holderOf({ inode }: ListeningPort, pids: readonly number[]): number | null {
  return pids.find((pid) => socketsOf(pid).has(inode)) ?? null;
}

function socketsOf(pid: number): Set<string> {
  const sockets = (descriptors(pid) ?? []).flatMap(({ to }) => {
    const inode = /^socket:\[(\d+)\]$/.exec(to)?.[1];
    return inode === undefined ? [] : [inode];
  });
  return new Set(sockets);
}
