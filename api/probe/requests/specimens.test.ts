import { channel } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { threadClockMs } from '../../base/own-time.ts';
import { createSpecimens } from './specimens.ts';

const answered = channel('http.server.response.finish');

describe('requests that are held while garbage is collected', () => {
  it('are not waited for where none has come lately', () => {
    let isDone = false;
    void createSpecimens(() => Number.NEGATIVE_INFINITY).during(async () => {
      isDone = true;
    });
    expect(isDone).toBe(true);
  });

  it('are waited for at most a moment where those that have come do not end', async () => {
    expect(await createSpecimens(threadClockMs).during(async () => 'collected')).toBe('collected');
    expect(answered.hasSubscribers).toBe(false);
  });

  it('are let go of, and listened to no more, where the work fails', async () => {
    const failed = createSpecimens(threadClockMs).during(async () => {
      throw new Error('no collection');
    });
    expect(answered.hasSubscribers).toBe(true);
    for (let n = 0; n < 20; n++) answered.publish({ request: {}, response: {} });
    expect(answered.hasSubscribers).toBe(false);
    await expect(failed).rejects.toThrow('no collection');
  });
});
