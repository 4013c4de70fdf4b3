import { describe, expect, it } from 'vitest';
import { InFlightRequests, type Ticket } from './in-flight.ts';

const request = (url: string, startedAtMs = 0) => ({
  method: 'GET',
  url,
  startedAtMs,
  asyncId: 1,
  connection: null,
});
const urlsIn = (list: InFlightRequests<object>) => [...list].map((ticket) => list.url(ticket));

describe('the list of requests in flight', () => {
  it('has what was added and not removed', () => {
    const list = new InFlightRequests(1_000);
    const tickets = Array.from({ length: 300 }, (_, index) => list.add(request(`/${index}`))!);
    for (const ticket of tickets.slice(0, 298)) expect(list.remove(ticket)).toBe(true);
    expect(list.size).toBe(2);
    expect(urlsIn(list).sort()).toEqual(['/298', '/299']);
  });

  it('knows a request that has ended from the one that has its slot now', () => {
    const list = new InFlightRequests(1);
    const first = list.add(request('/first'))!;
    list.remove(first);
    const second = list.add(request('/second'))!;
    expect(list.has(first)).toBe(false);
    expect(list.remove(first)).toBe(false);
    expect(list.has(second)).toBe(true);
    expect(list.url(second)).toBe('/second');
  });

  it('forgets with a request what was noted of it', () => {
    const list = new InFlightRequests<{ text: string }>(1);
    const first = list.add(request('/'))!;
    list.setNote(first, { text: 'a' });
    list.setPattern(first, '/:id');
    list.remove(first);
    const second = list.add(request('/'))!;
    expect([list.note(second), list.pattern(second)]).toEqual([null, null]);
  });

  it('takes no more than its limit, and takes some again once others are gone', () => {
    const list = new InFlightRequests(3);
    const tickets = Array.from({ length: 4 }, () => list.add(request('/')));
    expect(tickets.map((ticket) => ticket !== null)).toEqual([true, true, true, false]);
    list.remove(tickets[0] as Ticket);
    expect(list.add(request('/'))).not.toBeNull();
  });

  it('grows no longer than most were in flight at a time', () => {
    const list = new InFlightRequests(100_000);
    let largest = 0;
    for (let index = 0; index < 50_000; index++) {
      const ticket = list.add(request(`/${index}`))!;
      largest = Math.max(largest, ticket);
      list.remove(ticket);
    }
    expect(list.size).toBe(0);
    expect([...list]).toEqual([]);
    // One slot was enough for all of them.
    expect(largest).toBeLessThan(64 * 1_024);
  });
});
