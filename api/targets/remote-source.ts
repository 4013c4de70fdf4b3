/** A target on the network, whose kind is found out when it is first asked. */
import type { Analyst } from './analyst.ts';
import { createGoSource } from './go-source.ts';
import type { TargetKind, TargetOptions, TargetSource } from './target.ts';
import { createTargetHttp } from './target-http.ts';

export type RemoteSource = Omit<TargetSource, 'kind'> & {
  /** Null until it is known. */
  readonly kind: TargetKind | null;
};

export function createRemoteSource(
  { name, url, token, categoryRules = [] }: Omit<TargetOptions, 'keepHistory'>,
  { analyst, lifetime }: { analyst: Analyst; lifetime: AbortSignal },
): RemoteSource {
  const http = createTargetHttp({ name, url, token: token ?? null, lifetime });
  return createGoSource({ name, http, analyst, categoryRules });
}
