/** The client's part for the services of a fleet. */
import type { RequestOptions, TypedDocument } from '../core/query/query.ts';
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

type Query = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  options?: RequestOptions,
) => Promise<Data>;

export function createServiceMethods(query: Query): ServiceMethods {
  return {
    services: async (options) => (await query(ServicesDocument, {}, options)).services,
    async serviceGoroutines(service, { limit = 100, signal } = {}) {
      const answer = await query(ServiceGoroutinesDocument, { service, limit }, { signal });
      return answer.service?.goroutines ?? null;
    },
  };
}
