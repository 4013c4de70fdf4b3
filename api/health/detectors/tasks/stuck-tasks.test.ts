import { describe, expect, test } from 'vitest';
import { assess, sentencesFor, UNLISTED } from '../../testing/assess.ts';
import { aFrame, aGroup, NOW_MS } from '../../testing/evidence.ts';

const PACKAGE = aFrame('query', '/app/node_modules/pg/client.js', 5);

describe('a process with tasks that are stuck', () => {
  test('has work left behind by requests, named by the largest group', () => {
    const mail = aFrame('sendMail', '/app/src/mail.ts', 3);
    const tasks = [
      aGroup({ stuckCount: 2, outlivedRequest: 2, routes: [{ route: 'GET /user', count: 2 }] }),
      aGroup({
        stuckCount: 10,
        outlivedRequest: 10,
        topFrame: PACKAGE,
        frames: [PACKAGE, mail],
        routes: [{ route: 'POST /order', count: 10 }],
      }),
    ];
    expect(assess({ ...UNLISTED, tasks }).findings).toMatchObject([
      {
        kind: 'LEFT_BEHIND',
        severity: 'WARNING',
        sentence:
          '12 tasks left behind by ended requests, mostly in sendMail (src/mail.ts:3), for up to 5 min.',
        // Stuck from the moment at which it had waited for a minute.
        sinceMs: NOW_MS - 4 * 60_000,
        culprit: mail,
        stack: [PACKAGE, mail],
        count: 12,
        routes: [
          { route: 'POST /order', count: 10 },
          { route: 'GET /user', count: 2 },
        ],
      },
    ]);
  });

  test('has work left behind of which only a sample was seen, and says so', () => {
    const sampled = aGroup({ count: 40, sampled: 2, stuckCount: 40, outlivedRequest: 40 });
    expect(assess({ ...UNLISTED, tasks: [sampled] }).sentence).toMatch(/^≈40 tasks left behind/);
  });

  test('has a request that does not come to an end', () => {
    expect(sentencesFor({ ...UNLISTED, tasks: [aGroup({ stuckCount: 1 })] })).toEqual([
      'WARNING: 1 task of running requests waiting, in loadUser (src/user.ts:7), for up to 5 min.',
    ]);
  });

  test('has a request that waits in code that is not its own, of which no line is to blame', () => {
    const tasks = [aGroup({ stuckCount: 1, topFrame: PACKAGE, frames: [PACKAGE] })];
    expect(assess({ ...UNLISTED, tasks }).findings).toMatchObject([
      {
        culprit: null,
        sentence: expect.stringContaining('in query (node_modules/pg/client.js:5)'),
      },
    ]);
  });

  test('has requests of which the group with a line of the program tells more than a larger one', () => {
    const request = { function: 'GET /user', file: '', line: 0 };
    const requests = { topFrame: request, frames: [request] };
    const tied = [aGroup({ stuckCount: 2, ...requests }), aGroup({ stuckCount: 2 })];
    expect(sentencesFor({ ...UNLISTED, tasks: tied })).toEqual([
      'WARNING: 4 tasks of running requests waiting, mostly in loadUser (src/user.ts:7), for up to 5 min.',
    ]);
    const larger = [aGroup({ stuckCount: 9, ...requests }), aGroup({ stuckCount: 2 })];
    expect(sentencesFor({ ...UNLISTED, tasks: larger })).toEqual([
      'WARNING: 11 tasks of running requests waiting, some of them in loadUser (src/user.ts:7), for up to 5 min.',
    ]);
  });
});
