/** All names among the configured targets whose addresses are targets. */
import type { ResolvedOptions } from '../../base/options/options.ts';
import { isService } from '../../base/options/targets.ts';
import type { Decoder } from '../decoding/decoder.ts';
import type { TargetParts, TargetRegistry } from '../list.ts';
import { followService, type ResolveHost } from './service.ts';

export interface ServicesOptions {
  options: ResolvedOptions;
  decoder: Decoder;
  /** @default as the system does */
  resolve?: ResolveHost;
}

export function followServices(
  { options, ...context }: ServicesOptions,
  registry: TargetRegistry,
): TargetParts {
  const lifetime = new AbortController();
  const services = options.targets
    .filter(isService)
    .map((service) =>
      followService(service, { options, ...context, lifetime: lifetime.signal }, registry),
    );
  return {
    refresh: async () => void (await Promise.all(services.map(({ refresh }) => refresh()))),
    stop() {
      lifetime.abort();
      for (const { stop } of services) stop();
    },
  };
}
