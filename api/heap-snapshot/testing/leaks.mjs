// Six leaks whose holders are known, as one snapshot and the samples of each function: `node leaks.mjs FILE`.
import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { writeHeapSnapshot } from 'node:v8';
import { openHeapDriver } from '../../probe/heap/driver.ts';
import { sampledSizes } from '../../probe/heap/sizes.ts';

const COUNT = 2_000;
const INTERVAL_BYTES = 2_048;
const sampler = openHeapDriver();
sampler.start(INTERVAL_BYTES, 32);

/** Of sizes that tell them apart, as objects of different classes mostly are. */
class Session {
  constructor(id) {
    this.id = id;
    this.parts = new Array(40).fill(id);
  }
}
class Entry {
  constructor(id) {
    this.id = id;
    this.parts = new Array(52).fill(id);
  }
}
class Change {
  constructor(id) {
    this.id = id;
    this.parts = new Array(64).fill(id);
  }
}
class Watcher {
  constructor(id) {
    this.id = id;
    this.parts = new Array(76).fill(id);
  }
}
class Reminder {
  constructor(id) {
    this.id = id;
    this.parts = new Array(88).fill(id);
  }
}
class Plugin {
  constructor(id) {
    this.id = id;
    this.parts = new Array(100).fill(id);
  }
}
const sessions = new Map();
const journal = [];
const undo = [];
const settings = new EventEmitter().setMaxListeners(0);
class Registry {
  static cache = {};
  has(id) {
    return id in Registry.cache;
  }
}
globalThis.Registry = Registry;

function remember(id) {
  sessions.set(`customer-secret-17-${id}`, new Session(id));
}
function record(id) {
  journal.push(new Entry(id));
}
function keepUndo(id) {
  const held = new Change(id);
  undo.push(() => held);
}
function subscribe(id) {
  const held = new Watcher(id);
  settings.on('change', () => held);
}
function remindLater(id) {
  const held = new Reminder(id);
  setTimeout(function remind() {
    return held;
  }, 1e8).unref();
}
function register(id) {
  Registry.cache[`secret-${id}`] = new Plugin(id);
}

const leaks = [remember, record, keepUndo, subscribe, remindLater, register];
for (const leak of leaks) for (let id = 0; id < COUNT; id++) leak(id);

const [, , file] = process.argv;
writeHeapSnapshot(file);
const { tree, ...of } = sampler.readTree((root) => sampledSizes(root, INTERVAL_BYTES));
/** @returns the leak that a stack has come through */
function ownerOf(node) {
  for (let at = node; at >= 0; at = tree.parent[at]) {
    const name = tree.strings[tree.functionName[at]];
    if (leaks.some((leak) => leak.name === name)) return name;
  }
  return '';
}
const samples = [...of.node].map((node, at) => [ownerOf(node), of.sizeBytes[at], of.samples[at]]);
writeFileSync(`${file}.json`, JSON.stringify(samples));
process.exit(0);
