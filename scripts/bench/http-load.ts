/** Requests over kept-alive connections, as fast as they are answered, for a given time. */
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
