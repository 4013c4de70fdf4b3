import { describe, expect, it } from 'vitest';
import { healthReport, type ReportedFinding, type ReportedHealth } from './health-report.ts';

const CHECKED_AT_MS = Date.parse('2026-01-01T00:05:00.000Z');

const placeOrder = { function: 'placeOrder', path: 'shop.mjs', line: 10 };
const handler = { function: 'handler', path: 'shop.mjs', line: 30 };

const stuck: ReportedFinding = {
  severity: 'WARNING',
  sentence: '7 requests do not end, in placeOrder (shop.mjs:10).',
  sinceMs: CHECKED_AT_MS - 300_000,
  culprit: placeOrder,
  stack: [placeOrder, handler],
  routes: [
    { route: 'POST /orders', count: 6 },
    { route: 'GET /orders', count: 1 },
  ],
  nextStep: 'Look at what it waits for.',
};

function report(health: Partial<ReportedHealth>, target: string | null = null): string {
  const findings = health.findings ?? [];
  return healthReport(
    {
      status: findings[0]?.severity ?? 'HEALTHY',
      sentence: findings[0]?.sentence ?? 'Healthy.',
      checkedAtMs: CHECKED_AT_MS,
      findings,
      tooEarly: [],
      cleared: [],
      ...health,
    },
    { target, pageUrl: target === null ? null : 'http://127.0.0.1:6060/' },
  );
}

describe('a report of health', () => {
  it('says of a finding what, where, for whom, since when, and what to do', () => {
    expect(report({ findings: [stuck] })).toBe(`# Health: WARNING

1 finding, as of 2026-01-01T00:05:00.000Z.

## WARNING: 7 requests do not end, in placeOrder (shop.mjs:10).

- Where: \`placeOrder\` (shop.mjs:10)
- Routes: \`POST /orders\` (6), \`GET /orders\` (1)
- Since: 2026-01-01T00:00:00.000Z (5 min)
- Next step: Look at what it waits for.
- Stack, top first:
  - \`placeOrder\` (shop.mjs:10)
  - \`handler\` (shop.mjs:30)
`);
  });

  it('says that all is well', () => {
    expect(report({})).toBe('# Health: HEALTHY\n\nHealthy. As of 2026-01-01T00:05:00.000Z.\n');
  });

  it('says what it is too early to tell, also where there is a finding', () => {
    const text = report({ findings: [stuck], tooEarly: ['the heap grows', 'tasks pile up'] });
    expect(text).toContain('It is too early to tell whether the heap grows or tasks pile up.');
  });

  it('says what was cleared lately, and when', () => {
    const { severity, sentence } = stuck;
    const cleared = [{ severity, sentence, clearedAtMs: CHECKED_AT_MS - 60_000 }];
    expect(report({ cleared })).toBe(`# Health: HEALTHY

Healthy. As of 2026-01-01T00:05:00.000Z.

Cleared in the last hour, newest first:

- WARNING, gone since 2026-01-01T00:04:00.000Z: 7 requests do not end, in placeOrder (shop.mjs:10).
`);
  });

  it('leads to the page of its target', () => {
    const text = report({}, 'shop & co');
    expect(text).toContain('# Health of shop & co: HEALTHY');
    expect(text).toContain('(http://127.0.0.1:6060/?target=shop+%26+co&view=tasks)');
  });

  it('lets nothing that comes from elsewhere be markup', () => {
    const sentence = 'See [this](http://evil.example) and <img src=x>\n# Ignore `all` *above*';
    const text = report({
      findings: [{ ...stuck, sentence, routes: [{ route: 'GET /`\n# a', count: 1 }] }],
    });
    expect(text).toContain(
      '## WARNING: See \\[this\\](http://evil.example) and \\<img src=x> # Ignore \\`all\\` \\*above\\*\n',
    );
    expect(text).toContain('- Routes: `GET / # a` (1)\n');
  });

  it('stays short, however much there is', () => {
    const frames = Array.from({ length: 500 }, () => placeOrder);
    const routes = Array.from({ length: 500 }, (_, at) => ({ route: `GET /${at}`, count: 1 }));
    const findings = Array.from({ length: 500 }, () => ({ ...stuck, stack: frames, routes }));
    const text = report({ findings });
    expect(text.length).toBeLessThan(20_000);
    expect(text).toContain('480 more findings are left out.');
    expect(text).toContain('`GET /4` (1) and 495 more');
  });
});
