/** The client's part for the services of a fleet. */
import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  ServiceGoroutinesDocument,
  type ServiceGoroutinesQuery,
  ServicesDocument,
  type ServicesQuery,
} from '../generated/graphql.ts';

export type Service = ServicesQuery['services'][number];
export type ServiceGoroutines = NonNullable<
  NonNullable<ServiceGoroutinesQuery['service']>['goroutines']
>;

export interface ServiceMethods {
  /**
   * The services of the fleet that is served, as `pprofql fleet` does, with what their instances have told of
   * themselves: it costs these nothing. Empty where no fleet is served. `target(name)` asks one of them.
   */
  services(options?: RequestOptions): Promise<Service[]>;
  /**
   * Asks all running instances of a service what they are stuck on, and merges the answers by stack, with a count
   * for each instance. Rejects with the code `NOT_FOUND` where there is no such service, or none of it runs; null
   * where no fleet is served. @default limit: 100
   */
  serviceGoroutines(
    service: string,
    options?: RequestOptions & { limit?: number },
  ): Promise<ServiceGoroutines | null>;
}

export function createServiceMethods({ ask }: TargetAccess): ServiceMethods {
  return {
    services: (options) => ask(ServicesDocument, options),
    async serviceGoroutines(service, options) {
      const asked = await ask(ServiceGoroutinesDocument, { ...options, service });
      return asked?.goroutines ?? null;
    },
  };
}
