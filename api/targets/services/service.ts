/**
 * The processes behind one name, such as the pods of a headless service: each address is a target, and
 * comes and goes with what the name resolves to. What goes wrong with that is told by a target of the
 * name's own, which is there for as long as it lasts.
 */
import { lookup } from 'node:dns/promises';
import { DiagnosticsError } from '../../base/errors.ts';
import type { ResolvedOptions } from '../../base/options/options.ts';
import { plainUrlOf, type TargetOptions } from '../../base/options/targets.ts';
import { withDeadline } from '../../base/waiting/deadline.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import type { OwnedDiagnostics } from '../../diagnostics/types.ts';
import { createSourceDiagnostics } from '../asked/diagnostics.ts';
import type { Decoder } from '../decoding/decoder.ts';
import { type Target, type TargetParts, type TargetRegistry, targetFrom } from '../list.ts';
import { createRemoteSource } from '../remote/source.ts';
import type { TargetSource } from '../target.ts';

/** Gives the addresses of a host; rejects where it has none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

export interface ServiceContext {
  options: ResolvedOptions;
  decoder: Decoder;
  /** Ends every request. */
  lifetime: AbortSignal;
  /** @default as the system does, with its search domains and `/etc/hosts` */
  resolve?: ResolveHost;
}

/** As often as Prometheus does by itself. */
const EVERY_MS = 30_000;
/** Who lists the targets sees them no older than this, */
const FRESH_FOR_MS = 5_000;
/** unless names resolve slowly. */
const REFRESH_DEADLINE_MS = 1_000;
const MOST_ADDRESSES = 100;
/** A short answer of a name server does not end what is still there. */
const MISSED_ANSWERS = 2;

interface Instance {
  target: Target & { diagnostics: OwnedDiagnostics };
  ending: AbortController;
  missed: number;
}

/** @param registry the list that its instances join and leave */
export function followService(
  service: TargetOptions,
  { options, decoder, lifetime, resolve = resolveBySystem }: ServiceContext,
  registry: TargetRegistry,
): TargetParts {
  const { name } = service;
  const url = plainUrlOf(service.url);
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const instances = new Map<string, Instance>();
  let trouble: { target: Target & { diagnostics: OwnedDiagnostics }; text: string } | null = null;
  let resolvedAtMs = Number.NEGATIVE_INFINITY;
  let isStopped = false;

  function add(address: string): void {
    const ending = new AbortController();
    const instanceName = `${name}@${address}`;
    const source = createRemoteSource(
      { ...service, name: instanceName, url },
      { decoder, lifetime: AbortSignal.any([lifetime, ending.signal]), address },
    );
    const { keepHistory } = service;
    const target = targetFrom(instanceName, source, { ...options, keepHistory, via: 'HTTP' });
    instances.set(address, { target, ending, missed: 0 });
    registry.add(target);
  }

  function remove(address: string, { target, ending }: Instance): void {
    instances.delete(address);
    registry.remove(target.name, `${host} does not resolve to ${address} any more`);
    target.diagnostics.stop();
    ending.abort();
  }

  function follow(addresses: readonly string[]): void {
    for (const [address, instance] of instances) {
      instance.missed = addresses.includes(address) ? 0 : instance.missed + 1;
      if (instance.missed >= MISSED_ANSWERS) remove(address, instance);
    }
    const added = addresses.filter((address) => !instances.has(address));
    const room = Math.max(0, MOST_ADDRESSES - instances.size);
    for (const address of added.slice(0, room)) add(address);
    const leftOut = added.length - Math.min(room, added.length);
    tell(
      leftOut === 0
        ? null
        : `${host} resolves to ${addresses.length} addresses, of which ${MOST_ADDRESSES} are targets`,
    );
  }

  /** @param text what is wrong; null for nothing */
  function tell(text: string | null): void {
    if (text === (trouble?.text ?? null)) return;
    if (trouble !== null) {
      registry.remove(name, `it stood for a failure to resolve ${host}, which is over`);
      trouble.target.diagnostics.stop();
    }
    trouble = text === null ? null : { text, target: troubleTarget(text) };
    if (trouble !== null) registry.add(trouble.target);
  }

  function troubleTarget(text: string): Target & { diagnostics: OwnedDiagnostics } {
    const lastAnswerAtMs = resolvedAtMs === Number.NEGATIVE_INFINITY ? null : resolvedAtMs;
    return {
      name,
      diagnostics: createSourceDiagnostics(unaskable(`target ${name}: ${text}`), {
        ...options,
        name,
        keepHistory: false,
        via: 'HTTP',
        answering: {
          track: (answer) => answer,
          noteSilence: () => {},
          isSilent: () => false,
          status: () => ({ state: 'FAILING', lastAnswerAtMs, error: text }),
        },
      }),
      status: async () => ({ name, kind: null, state: 'FAILING', lastAnswerAtMs, error: text }),
    };
  }

  /** Never rejects. What a name server fails to tell says nothing of the instances. */
  const refresh = singleFlight(async () => {
    try {
      const addresses = [...new Set(await resolve(host))].sort();
      if (isStopped) return;
      resolvedAtMs = Date.now();
      follow(addresses);
      if (addresses.length === 0) tell(`${host} resolves to no address`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (!isStopped) tell(`${host} could not be resolved: ${code ?? message}`);
    }
  });

  void refresh();
  const timer = setInterval(() => void refresh(), EVERY_MS);
  timer.unref();

  return {
    async refresh() {
      if (Date.now() - resolvedAtMs < FRESH_FOR_MS) return;
      await withDeadline(refresh(), REFRESH_DEADLINE_MS, () => {});
    },
    stop() {
      isStopped = true;
      clearInterval(timer);
      for (const { target, ending } of instances.values()) {
        target.diagnostics.stop();
        ending.abort();
      }
      instances.clear();
      trouble?.target.diagnostics.stop();
    },
  };
}

async function resolveBySystem(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function unaskable(message: string): TargetSource {
  const fail = () => Promise.reject(new DiagnosticsError('TARGET_FAILED', message));
  return {
    kind: null,
    read: fail,
    readAllocations: fail,
    readHeap: fail,
    readGoroutines: fail,
    readCpuProfile: fail,
  };
}
