/** A target on the network, whose kind is found out when it is first asked. */

import type { TargetOptions } from '../../base/options/targets.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import type { Decoder } from '../decoding/decoder.ts';
import { createGoSource } from '../go/source.ts';
import { createPprofqlSource } from '../pprofql/source.ts';
import type { TargetSource } from '../target.ts';
import { createTargetHttp, type TargetAddress } from './http.ts';

export function createRemoteSource(
  { name, url, token, kind, categoryRules = [] }: Omit<TargetOptions, 'keepHistory'>,
  { decoder, ...way }: { decoder: Decoder } & Pick<TargetAddress, 'lifetime' | 'address'>,
): TargetSource {
  const http = createTargetHttp({ name, url, token: token ?? null, ...way });
  const go = createGoSource({ name, http, decoder, categoryRules });
  const pprofql = createPprofqlSource({ name, http, decoder });
  const isPprofql = singleFlight(pprofql.isThere);
  let known: TargetSource | null = kind === undefined ? null : { GO: go, PPROFQL: pprofql }[kind];

  /** Only an answer tells the kind: a target that is down may be either. */
  async function ask<T>(question: (source: TargetSource) => Promise<T>): Promise<T> {
    if (known === null && (await isPprofql())) known = pprofql;
    const source = known ?? go;
    const answer = await question(source);
    known = source;
    return answer;
  }

  return {
    get kind() {
      return known?.kind ?? null;
    },
    read: (options) => ask((source) => source.read(options)),
    readAllocations: () => ask((source) => source.readAllocations()),
    readHeap: () => ask((source) => source.readHeap()),
    readGoroutines: (options) => ask((source) => source.readGoroutines(options)),
    async readLoop() {
      const source = known ?? ((await isPprofql()) ? pprofql : null);
      return (await source?.readLoop?.()) ?? null;
    },
    readHealth: async () => (await known?.readHealth?.()) ?? null,
    async readStackProfile(kind) {
      return ask(async (source) => (await source.readStackProfile?.(kind)) ?? null);
    },
    async readRequests(question) {
      const source = known ?? ((await isPprofql()) ? pprofql : null);
      return (await source?.readRequests?.(question)) ?? null;
    },
    async readRoutes(question) {
      const source = known ?? ((await isPprofql()) ? pprofql : null);
      return (await source?.readRoutes?.(question)) ?? null;
    },
    readCpuProfile: (options) => ask((source) => source.readCpuProfile(options)),
  };
}
