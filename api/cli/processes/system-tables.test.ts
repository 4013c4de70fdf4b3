import { describe, expect, it } from 'vitest';
import { portsIn } from '../../base/processes/ports.ts';
import { factsIn } from './facts.ts';

describe('portsIn', () => {
  it('takes what listens, of both kinds of addresses', () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:240D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 71234 1
   1: 0100007F:240D 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 71235 1
   2: 00000000000000000000000001000000:17AC 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 71236 1
`;
    expect(portsIn(text)).toEqual([
      { port: 9229, inode: '71234' },
      { port: 6060, inode: '71236' },
    ]);
  });
});

describe('factsIn', () => {
  it('reads what ps tells where there is no /proc', () => {
    expect(
      factsIn('  501   502     1 1-02:03:04  73000   1,5 /usr/local/bin/node app.js --key s'),
    ).toMatchObject({
      pid: 501,
      uid: 502,
      parentPid: 1,
      ageMs: 93_784_000,
      rssBytes: 73_000 * 1_024,
      cpuPercent: 1.5,
      executable: 'node',
      program: 'app.js',
    });
    expect(factsIn('PID UID')).toBeNull();
  });
});
