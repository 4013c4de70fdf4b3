/** The customers: a process of their own, so that what they wait for is not the shop's work. */
import { fork } from 'node:child_process';

const CUSTOMERS = new URL('./customers.ts', import.meta.url);

/** They leave when this process ends. */
export function sendCustomers(shopUrl: string): void {
  fork(CUSTOMERS, [shopUrl], { execArgv: [], env: { ...process.env, PPROFQL: 'off' } });
}
