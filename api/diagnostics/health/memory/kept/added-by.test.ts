import { expect, it, test } from 'vitest';
import { aFrame } from '../../../../health/testing/evidence.ts';
import { createAddedBy, handsOn } from './added-by.ts';

const at = (text: string) => {
  const before = text.slice(0, text.indexOf('@')).split('\n');
  return handsOn(text.replace('@', ''), {
    line: before.length,
    column: before.at(-1)!.length + 1,
  });
};

test.each([
  ['function subscribe(topic, listener) {\n  bus.@on(topic, listener);\n}', true],
  ['const subscribe = (topic, listener) => bus.@on(topic, listener);', true],
  [
    'class Bus {\n  #e;\n  listen(name, each) {\n    if (each) this.#e.@once(name, each);\n  }\n}',
    true,
  ],
  [
    'function subscribe(\n  topic: string,\n  listener: Listener,\n): void {\n  bus.@on(\n    topic,\n    listener,\n  );\n}',
    true,
  ],
  [
    'function follow(session) {\n  settings.@on("change", () => { session.stale = true; });\n}',
    false,
  ],
  [
    'function follow(session) {\n  settings.@on("change", function () { use(session); });\n}',
    false,
  ],
  [
    'function follow(session) {\n  const stale = () => {};\n  settings.@on("change", stale);\n}',
    false,
  ],
  [
    'function follow(listener) {\n  return all.map((each) => each.@on("change", listener));\n}',
    false,
  ],
  ['settings.@on("change", listener);', false],
])('who adds has been given what it adds: %s', (text, isGiven) => {
  expect(at(text)).toBe(isGiven);
});

const ON = aFrame('on', 'node:events', 9);
const PACKAGE = aFrame('emit', '/app/node_modules/bus/index.js', 3);
const SUBSCRIBE = { ...aFrame('subscribe', '/app/bus.mjs', 2), column: 7 };
const WATCH = { ...aFrame('watch', '/app/prices.mjs', 2), column: 3 };
const FILES: Record<string, string> = {
  '/app/bus.mjs': 'export function subscribe(topic, listener) {\n  bus.on(topic, listener);\n}',
  '/app/prices.mjs':
    'export function watch(view) {\n  subscribe("price", (value) => view.set(value));\n}',
};

it('goes on from who was given the listener to who has made it', async () => {
  const addedBy = createAddedBy(async (file) => FILES[file]!);
  const frames = [ON, SUBSCRIBE, PACKAGE, WATCH];
  expect(await addedBy(frames)).toEqual({ frames: [WATCH], keeper: SUBSCRIBE });
  expect(await addedBy([ON, WATCH, SUBSCRIBE])).toMatchObject({ keeper: null });
  // Nobody of the program has called it.
  expect(await addedBy([ON, SUBSCRIBE])).toEqual({ frames: [ON, SUBSCRIBE], keeper: null });
});

it('stays with the place where its text cannot be read', async () => {
  const addedBy = createAddedBy(async () => {
    throw new Error('no such file');
  });
  expect(await addedBy([ON, SUBSCRIBE, WATCH])).toMatchObject({ keeper: null });
});
