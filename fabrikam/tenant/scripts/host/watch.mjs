/**
 * The watcher: a script that the lab has rewritten says here how each decision came out.
 *
 * Rule 1: the tenant never loads such a script; nothing here runs unless one was loaded.
 * Rule 2: what is watched comes out as it would unwatched, unless it was to be forced.
 */
import crypto from 'node:crypto';
import { current } from './step.mjs';
import { acceptPresent } from './tamper.mjs';
import { originalOf, pathOf } from './trace.mjs';

const MOST_REPORTS = 600;
const MOST_TEXT = 2000;
const MOST_NAMES = 50;
const MOST_PATHS = 5;

const { stringify } = JSON;
const { ownKeys } = Reflect;

/** Everything that one login reports; its scripts run one after another. */
export class Watch {
  /** @type {object[]} */
  #reports = [];
  /** @type {Set<string>} */
  #known = new Set();
  /** @type {Map<unknown, string[]>} which paths a primitive was read at, the latest first */
  #read = new Map();
  /** @type {object[]} comparisons by methods, until the decision that they are part of */
  #pending = [];
  /** @type {Map<string, {file: string, key: string, entered: number, taken: number}>} */
  #defaults = new Map();
  /** @type {Map<string, {file: string, key: string, times: number}>} */
  #loops = new Map();
  /** @type {Map<string, unknown>} */
  switches = new Map();
  /** @type {{key: string, table: unknown}[]} */
  tables = [];
  /** @type {{place: string, receiver: unknown}[]} */
  receivers = [];

  /** @param {{forced?: Record<string, string>, chance?: number}} options */
  constructor({ forced = {}, chance }) {
    this.forced = new Map(Object.entries(forced));
    this.chance = chance;
  }

  /**
   * @param {string} path
   * @param {unknown} value
   */
  noteRead(path, value) {
    const paths = this.#read.get(value) ?? [];
    this.#read.set(value, [path, ...paths.filter((known) => known !== path)].slice(0, MOST_PATHS));
  }

  /** @param {unknown} value */
  pathsOf(value) {
    const path = pathOf(value);
    return path === undefined ? (this.#read.get(value) ?? []) : [path];
  }

  /** @param {object} report */
  add(report) {
    const text = stringify(report);
    if (this.#reports.length >= MOST_REPORTS || this.#known.has(text)) return;
    this.#known.add(text);
    this.#reports.push(report);
  }

  /** @param {object} comparison */
  wait(comparison) {
    this.#pending.push(comparison);
  }

  /**
   * @param {string} file
   * @param {string} key
   * @param {string} outcome
   */
  decided(file, key, outcome) {
    for (const comparison of this.#pending) this.add({ ...comparison, file, key });
    this.#pending = [];
    this.add({ type: 'decided', file, key, outcome });
  }

  /**
   * @param {string} file
   * @param {string} key
   */
  defaults(file, key) {
    const name = `${file} ${key}`;
    const known = this.#defaults.get(name) ?? { file, key, entered: 0, taken: 0 };
    this.#defaults.set(name, known);
    return known;
  }

  /**
   * @param {string} file
   * @param {string} key
   */
  enterLoop(file, key) {
    this.#endLoop(`${file} ${key}`);
    this.#loops.set(`${file} ${key}`, { file, key, times: 0 });
  }

  /**
   * @param {string} file
   * @param {string} key
   */
  goRound(file, key) {
    const loop = this.#loops.get(`${file} ${key}`);
    if (loop) loop.times += 1;
  }

  /** @param {string} name */
  #endLoop(name) {
    const loop = this.#loops.get(name);
    if (loop === undefined) return;
    this.#loops.delete(name);
    this.decided(loop.file, loop.key, ['none', 'one'][loop.times] ?? 'many');
  }

  /** Ends what is open, and gives all that was reported. */
  reports() {
    for (const name of [...this.#loops.keys()]) this.#endLoop(name);
    for (const { file, key, entered, taken } of this.#defaults.values()) {
      const [yes, no] = key.includes(' try') ? ['caught', 'completed'] : ['taken', 'not taken'];
      if (taken > 0) this.decided(file, key, yes);
      if (entered > taken) this.decided(file, key, no);
    }
    for (const comparison of this.#pending) this.add(comparison);
    return this.#reports;
  }
}

/** @returns {Watch | undefined} */
const watching = () => current()?.login.watch;

/**
 * The functions that a rewritten script of one file calls.
 *
 * @param {string} file
 */
export function watcherFor(file) {
  install();
  const forcedAt = (/** @type {Watch} */ watch, /** @type {string} */ key) =>
    watch.forced.get(`${file} ${key}`);

  /**
   * @param {string} key
   * @param {boolean} truth
   * @param {unknown} value
   */
  const truth = (key, truth, value) => {
    const watch = watching();
    if (watch === undefined) return value;
    watch.decided(file, key, String(truth));
    const forced = forcedAt(watch, key);
    return forced === undefined || forced === String(truth) ? value : forced === 'true';
  };

  return Object.freeze({
    /** A condition. */
    c: (/** @type {string} */ key, /** @type {unknown} */ value) => truth(key, Boolean(value), value),

    /** What may be null or undefined. */
    n: (/** @type {string} */ key, /** @type {unknown} */ value) => {
      const watch = watching();
      if (watch === undefined) return value;
      watch.decided(file, key, value === null || value === undefined ? 'nullish' : 'present');
      return forcedAt(watch, key) === 'nullish' ? undefined : value;
    },

    /** A comparison. */
    x: (
      /** @type {string} */ key,
      /** @type {string} */ operator,
      /** @type {0 | 1} */ typed,
      /** @type {any} */ left,
      /** @type {any} */ right,
    ) => {
      const result = OPERATORS[operator](left, right);
      const watch = watching();
      if (watch === undefined) return result;
      watch.add({ ...compared(watch, typed ? 'typeof' : operator, left, right, result), file, key });
      return truth(key, result, result);
    },

    /** What a loop goes through. */
    p: (/** @type {string} */ key, /** @type {unknown} */ iterable) => {
      const watch = watching();
      watch?.enterLoop(file, key);
      return watch && forcedAt(watch, key) === 'none' ? [] : iterable;
    },

    /** A loop's body begins. */
    b: (/** @type {string} */ key) => watching()?.goRound(file, key),

    /** The value of a switch. */
    s: (/** @type {string} */ name, /** @type {unknown} */ value) => {
      watching()?.switches.set(`${file} ${name}`, value);
      return value;
    },

    /** One case of a switch. */
    k: (/** @type {string} */ key, /** @type {string} */ name, /** @type {unknown} */ value) => {
      const watch = watching();
      if (watch === undefined) return value;
      const given = watch.switches.get(`${file} ${name}`);
      watch.add({ ...compared(watch, '===', given, value, given === value), file, key });
      watch.decided(file, key, String(given === value));
      const forced = forcedAt(watch, key);
      if (forced === undefined || forced === String(given === value)) return value;
      return forced === 'true' ? given : Symbol('no case');
    },

    /** A default is taken, or an error caught. */
    d: (/** @type {string} */ key, /** @type {unknown} */ value) => {
      const known = watching()?.defaults(file, key);
      if (known) known.taken += 1;
      return value;
    },

    /** A function with a default, or a try, begins. */
    e: (/** @type {string} */ key) => {
      const known = watching()?.defaults(file, key);
      if (known) known.entered += 1;
    },

    /** A pattern with a default is filled. */
    i: (/** @type {string} */ key, /** @type {unknown} */ value) => {
      const known = watching()?.defaults(file, key);
      if (known) known.entered += 1;
      return value;
    },

    /** A table in which something is looked up. */
    o: (/** @type {string} */ key, /** @type {unknown} */ table) => {
      watching()?.tables.push({ key, table });
      return table;
    },

    /** The name that is looked up. */
    l: (/** @type {string} */ key, /** @type {any} */ name) => {
      const watch = watching();
      if (watch === undefined || typeof name === 'symbol') return name;
      const at = watch.tables.findLastIndex((known) => known.key === key);
      const table = at === -1 ? undefined : watch.tables.splice(at)[0].table;
      watch.add({ type: 'looked up', file, key, ...lookedUp(watch, table, name) });
      return name;
    },

    /** Whom a method compares its argument with. */
    r: (/** @type {string} */ place, /** @type {unknown} */ receiver) => {
      watching()?.receivers.push({ place, receiver });
      return receiver;
    },

    /** The argument of a method that compares; `path` is where its receiver was read. */
    g: (
      /** @type {string} */ place,
      /** @type {string} */ method,
      /** @type {string} */ path,
      /** @type {unknown} */ given,
    ) => {
      const watch = watching();
      if (watch === undefined) return given;
      const at = watch.receivers.findLastIndex((known) => known.place === place);
      const receiver = at === -1 ? undefined : watch.receivers.splice(at)[0].receiver;
      const paths = path ? [path] : [];
      for (const comparison of asked(watch, method, receiver, given, paths)) watch.wait(comparison);
      return given;
    },

    /** An argument, a claim, a refusal. */
    a: (/** @type {string} */ key, /** @type {unknown} */ value) => {
      const watch = watching();
      if (watch === undefined) return value;
      watch.add({ type: 'argued', file, key, value: shown(value) });
      const forced = forcedAt(watch, key);
      return forced === undefined ? value : JSON.parse(forced);
    },
  });
}

/** @type {Record<string, (left: any, right: any) => boolean>} */
const OPERATORS = {
  '===': (left, right) => left === right,
  '!==': (left, right) => left !== right,
  '==': (left, right) => left == right,
  '!=': (left, right) => left != right,
  '<': (left, right) => left < right,
  '>': (left, right) => left > right,
  '<=': (left, right) => left <= right,
  '>=': (left, right) => left >= right,
  in: (left, right) => left in right,
  instanceof: (left, right) => left instanceof right,
};

/**
 * @param {Watch} watch
 * @param {string} op
 * @param {unknown} left
 * @param {unknown} right
 * @param {unknown} result
 */
function compared(watch, op, left, right, result) {
  const sides = { left: shown(left), right: shown(right), result: shown(result) };
  const paths = { left_paths: watch.pathsOf(left), right_paths: watch.pathsOf(right) };
  return { type: 'compared', op, ...sides, ...paths };
}

/**
 * @param {Watch} watch
 * @param {unknown} table
 * @param {unknown} name
 */
function lookedUp(watch, table, name) {
  const known = originalOf(table);
  const names = known !== null && typeof known === 'object' ? ownKeys(known).slice(0, MOST_NAMES) : [];
  return {
    name: String(name).slice(0, MOST_TEXT),
    name_paths: watch.pathsOf(name),
    names: names.filter((it) => typeof it === 'string'),
  };
}

/**
 * What is told of a value: itself where JSON has it, else what it is.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
function shown(value) {
  switch (typeof value) {
    case 'string':
      return value.slice(0, MOST_TEXT);
    case 'number':
      return Number.isFinite(value) ? value : { kind: 'number' };
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : object(originalOf(value));
    default:
      return { kind: typeof value };
  }
}

/** @param {any} value */
function object(value) {
  if (value instanceof RegExp) return { kind: 'regexp', regexp: value.source, flags: value.flags };
  if (value instanceof Date) return { kind: 'date', at: value.getTime() };
  if (Array.isArray(value)) {
    const members = value.slice(0, MOST_NAMES).filter((it) => typeof it === 'string' || typeof it === 'number');
    return { kind: 'list', length: value.length, members };
  }
  return { kind: 'object' };
}

let installed = false;

function install() {
  if (installed) return;
  installed = true;
  rollDice();
  acceptPresent();
}

/**
 * What a method compares: a table has names to ask for, a pattern is asked about a text.
 *
 * @param {Watch} watch
 * @param {string} method
 * @param {unknown} receiver
 * @param {unknown} given
 * @param {string[]} paths
 */
function* asked(watch, method, receiver, given, paths) {
  const known = originalOf(receiver);
  if (known instanceof Map || known instanceof Set) {
    const keys = [...known.keys()].filter((key) => typeof key === 'string').slice(0, MOST_NAMES);
    for (const key of keys) yield compared(watch, '===', given, key, given === key);
  } else if (known instanceof RegExp) {
    yield compared(watch, method, given, known, undefined);
  } else if (method === 'hasOwnProperty' || method === 'hasOwn') {
    yield compared(watch, 'in', given, receiver, undefined);
  } else {
    const comparison = compared(watch, method, receiver, given, undefined);
    const left_paths = comparison.left_paths.length > 0 ? comparison.left_paths : paths;
    yield { ...comparison, left_paths };
  }
}

/** Chance comes out as the lab says; where it says nothing, as it likes, and is told. */
function rollDice() {
  const random = Math.random;
  Math.random = () => chance((low) => (low ? 0 : 1 - 2 ** -20)) ?? random();
  const { randomInt, randomBytes } = crypto;
  crypto.randomInt = /** @type {any} */ (
    (/** @type {any[]} */ ...given) => {
      const [least, end] = typeof given[1] === 'number' ? given : [0, given[0]];
      return chance((low) => (low ? least : end - 1)) ?? /** @type {any} */ (randomInt)(...given);
    }
  );
  crypto.randomBytes = /** @type {any} */ (
    (/** @type {number} */ size, /** @type {any} */ ...others) =>
      others.length === 0
        ? (chance((low) => Buffer.alloc(size, low ? 0 : 255)) ?? randomBytes(size))
        : randomBytes(size, ...others)
  );
}

/**
 * @template Value
 * @param {(low: boolean) => Value} chosen
 * @returns {Value | undefined}
 */
function chance(chosen) {
  const watch = watching();
  if (watch === undefined) return undefined;
  watch.add({ type: 'chance' });
  return watch.chance === undefined ? undefined : chosen(watch.chance === 0);
}
