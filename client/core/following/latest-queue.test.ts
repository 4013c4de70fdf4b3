import { describe, expect, it } from 'vitest';
import { LatestQueue } from './latest-queue.ts';

interface Item {
  name: string;
  lost: number;
}

const item = (name: string, lost = 0): Item => ({ name, lost });
const END = { done: true, value: undefined };

const queueOf = (limit: number) =>
  new LatestQueue<Item>({
    limit,
    noteLoss: (dropped, following) => ({
      ...following,
      lost: following.lost + dropped.lost + 1,
    }),
  });

describe('a queue of the latest', () => {
  it('delivers in order, to whoever waited first', async () => {
    const queue = queueOf(5);
    const waiting = [queue.next(), queue.next()];
    for (const name of ['a', 'b', 'c']) queue.push(item(name));
    const results = await Promise.all([...waiting, queue.next()]);
    expect(results.map(({ value }) => value?.name)).toEqual(['a', 'b', 'c']);
  });

  it('gives up the oldest past its limit, and counts it on the next', async () => {
    const queue = queueOf(2);
    for (const name of ['a', 'b', 'c', 'd', 'e']) queue.push(item(name));
    expect((await queue.next()).value).toEqual(item('d', 3));
    expect((await queue.next()).value).toEqual(item('e', 0));
  });

  it('delivers what it holds before an error, and the error once', async () => {
    const queue = queueOf(2);
    queue.push(item('a'));
    queue.fail(new Error('lost'));
    expect((await queue.next()).value).toEqual(item('a'));
    await expect(queue.next()).rejects.toThrow('lost');
    expect(await queue.next()).toEqual(END);
  });

  it('gives an error to the first who waits, and the end to the others', async () => {
    const queue = queueOf(2);
    const [first, second] = [queue.next(), queue.next()];
    queue.fail(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    expect(await second).toEqual(END);
  });

  it('drops what it holds when it is closed, and takes nothing more', async () => {
    const queue = queueOf(2);
    queue.push(item('a'));
    queue.close();
    queue.push(item('b'));
    expect(await queue.next()).toEqual(END);
  });

  it('forgets an undelivered error when it is closed', async () => {
    const queue = queueOf(2);
    queue.fail(new Error('lost'));
    queue.close();
    expect(await queue.next()).toEqual(END);
  });
});
