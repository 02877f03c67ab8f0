/**
 * A tracer: writes down what a script reads and writes of what it was given, by paths
 * such as `context.request.query.scope`, never by values.
 *
 * Whatever goes through a whole object, `JSON.stringify` for one, reads all of it;
 * `structuredClone` refuses what is traced here.
 */

/** @type {WeakMap<object, object>} */
const originals = new WeakMap();

/**
 * @typedef {object} Access
 * @property {string} script
 * @property {'read' | 'write' | 'delete' | 'keys'} kind
 * @property {string} path
 */

export class Trace {
  /** @type {Map<string, Access>} each only once, in the order of the first */
  #seen = new Map();
  #script;
  #watching = true;

  /** @param {string} script */
  constructor(script) {
    this.#script = script;
  }

  get accesses() {
    return [...this.#seen.values()];
  }

  stop() {
    this.#watching = false;
  }

  /**
   * @param {any} value
   * @param {string} path
   * @returns {any}
   */
  of(value, path) {
    if (typeof value !== 'object' || value === null) return value;
    const watched = new Proxy(value, this.#traps(path));
    originals.set(watched, value);
    return watched;
  }

  /**
   * @param {string} path
   * @returns {ProxyHandler<any>}
   */
  #traps(path) {
    const below = (/** @type {PropertyKey} */ key) => `${path}.${String(key)}`;
    return {
      get: (target, key, self) => {
        this.#note('read', key, below(key));
        const value = Reflect.get(target, key, self);
        return ownAndFixed(target, key) ? value : this.of(value, below(key));
      },
      has: (target, key) => {
        this.#note('read', key, below(key));
        return Reflect.has(target, key);
      },
      set: (target, key, value) => {
        this.#note('write', key, below(key));
        return Reflect.set(target, key, original(value));
      },
      deleteProperty: (target, key) => {
        this.#note('delete', key, below(key));
        return Reflect.deleteProperty(target, key);
      },
      ownKeys: (target) => {
        this.#note('keys', '', path);
        return Reflect.ownKeys(target);
      },
    };
  }

  /**
   * @param {Access['kind']} kind
   * @param {PropertyKey} key
   * @param {string} path
   */
  #note(kind, key, path) {
    if (!this.#watching || typeof key === 'symbol') return;
    const name = `${kind} ${path}`;
    if (!this.#seen.has(name)) this.#seen.set(name, { script: this.#script, kind, path });
  }
}

/**
 * What a traced value stands for; any other value itself.
 *
 * @param {any} value
 */
export function original(value) {
  return originals.get(value) ?? value;
}

/**
 * A frozen property has to be given as it is, or the engine throws.
 *
 * @param {object} target
 * @param {PropertyKey} key
 */
function ownAndFixed(target, key) {
  const slot = Reflect.getOwnPropertyDescriptor(target, key);
  return slot !== undefined && !slot.configurable && !slot.writable;
}
