/** The members of a fleet in one test, and the page that shows them: all are gone with the test. */
import type { Redis } from 'ioredis';
import { expect, onTestFinished, vi } from 'vitest';
import type { Program } from '../../../../scripts/testing/program.ts';
import { adminOf } from './redis-server.ts';
import { launchMember, membershipOf, type ServedFleet, serveFleet } from './served-fleet.ts';

export const UNTIL_SEEN = { interval: 200 };
/** A member prints it while its Redis cannot be reached. */
export const AWAY = /cannot be reached/g;

export function use<T extends AsyncDisposable>(one: T): T {
  onTestFinished(() => one[Symbol.asyncDispose]());
  return one;
}

export async function adminTo(redis: Parameters<typeof adminOf>[0]): Promise<Redis> {
  const admin = await adminOf(redis);
  onTestFinished(() => admin.disconnect());
  return admin;
}

export const member = (...args: Parameters<typeof launchMember>): Program =>
  use(launchMember(...args));

export const served = async (...args: Parameters<typeof serveFleet>): Promise<ServedFleet> =>
  use(await serveFleet(...args));

export async function untilThere(fleet: ServedFleet, program: Program): Promise<void> {
  await vi.waitFor(async () => {
    expect(await fleet.instanceOf(program)).toMatchObject({ instance: { isGone: false } });
    expect(await membershipOf(program)).toMatchObject({ isConnected: true, error: null });
  }, UNTIL_SEEN);
}

export async function untilFails(program: Program, error: RegExp): Promise<void> {
  await vi.waitFor(
    async () => expect((await membershipOf(program)).error).toMatch(error),
    UNTIL_SEEN,
  );
}

export async function works(program: Program): Promise<void> {
  program.write('hello');
  expect(await program.nextLine()).toBe('hello');
}

/** Those that say that the Redis is away. */
export const linesOf = ({ stderr }: Program): number => stderr.match(AWAY)?.length ?? 0;
