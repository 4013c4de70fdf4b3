/** A served API for one test, gone when the test is. */
import { onTestFinished } from 'vitest';
import { type ApiOptions, createApi } from '../api.ts';
import { listen } from '../listen.ts';
import { fakeDiagnostics } from './fake-diagnostics.ts';

export async function serve({ access, ...options }: Partial<ApiOptions> = {}) {
  const logged: string[] = [];
  const log = (message: string) => logged.push(message);
  const api = createApi({
    diagnostics: fakeDiagnostics(),
    log,
    dashboardDir: null,
    ...options,
    access: { token: null, hosts: 'loopback', allowedHosts: [], ...access },
  });
  const server = await listen(api, { host: '127.0.0.1', port: 0, log });
  onTestFinished(server.stop);
  return { ...server, graphqlUrl: `${server.url}graphql`, api, logged };
}
