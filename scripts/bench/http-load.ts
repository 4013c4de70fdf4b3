/** Requests over kept-alive connections: as fast as they are answered, or so many a second. */
import { Agent, get } from 'node:http';

const CONNECTIONS = 8;

/** Gives how many requests were answered. */
export async function sendRequests(url: string, durationMs: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const endAtMs = performance.now() + durationMs;
  let answered = 0;
  const customer = async () => {
    while (performance.now() < endAtMs) {
      await sendRequest(url, agent);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, customer));
  agent.destroy();
  return answered;
}

function sendRequest(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
}

/**
 * Sends so many a second to each, whatever they answer, until it is stopped. Gives how many each has answered so far.
 * In another order each time: who is always sent the first pays some percent more, and who is sent the last less.
 */
export function sendAtRate(urls: readonly string[], perSecond: number) {
  const servers = urls.map((url) => ({
    url,
    agent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }),
    answered: 0,
  }));
  const startedAtMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAtMs) * perSecond) / 1_000;
    for (; sent < due; sent++) {
      for (const server of shuffled(servers)) {
        const count = () => {
          server.answered++;
        };
        // What is under way at the end is cut off.
        void sendRequest(server.url, server.agent).then(count, () => {});
      }
    }
  }, 2);
  return {
    answered: () => servers.map(({ answered }) => answered),
    stop() {
      clearInterval(timer);
      for (const { agent } of servers) agent.destroy();
    },
  };
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
