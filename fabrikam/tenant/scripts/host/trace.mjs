/**
 * A tracer: writes down what a script reads and writes of what it was given, by paths
 * such as `context.request.query.scope`, never by values.
 *
 * Whatever goes through a whole object, `JSON.stringify` for one, reads all of it;
 * `structuredClone` refuses what is traced here.
 */

/** @type {WeakMap<object, {value: object, path: string, trace: Trace}>} */
const originals = new WeakMap();

/**
 * @typedef {object} Access
 * @property {string} script
 * @property {'read' | 'write' | 'delete' | 'keys'} kind
 * @property {string} path
 */

export class Trace {
  /** @type {Set<string>} each is told only once */
  #seen = new Set();
  /** @type {WeakMap<object, any>} what is the same object stays the same object */
  #watched = new WeakMap();
  #script;
  #tell;
  #noteValue;

  /**
   * @param {string} script
   * @param {(access: Access) => void} tell is told at once, since a script may hang
   * @param {(path: string, value: unknown) => void} [noteValue] is told each primitive
   */
  constructor(script, tell, noteValue = () => {}) {
    this.#script = script;
    this.#tell = tell;
    this.#noteValue = noteValue;
  }

  /**
   * @param {any} value
   * @param {string} path
   * @returns {any}
   */
  of(value, path) {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#watched.get(value);
    if (known !== undefined) return known;
    const watched = new Proxy(value, this.#traps(path));
    originals.set(watched, { value, path, trace: this });
    this.#watched.set(value, watched);
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
        if (typeof value !== 'object' && typeof key === 'string') {
          this.#noteValue(below(key), value);
        }
        return ownAndFixed(target, key) ? value : this.of(value, below(key));
      },
      has: (target, key) => {
        this.#note('read', key, below(key));
        return Reflect.has(target, key);
      },
      set: (target, key, value) => {
        this.#note('write', key, below(key));
        moved(value, below(key));
        return Reflect.set(target, key, original(value));
      },
      defineProperty: (target, key, slot) => {
        this.#note('write', key, below(key));
        moved(slot.value, below(key));
        return Reflect.defineProperty(target, key, slot);
      },
      deleteProperty: (target, key) => {
        this.#note('delete', key, below(key));
        return Reflect.deleteProperty(target, key);
      },
      getOwnPropertyDescriptor: (target, key) => {
        const listed = this.#seen.has(`keys ${path}`); // a list asks for each as well
        if (!listed) this.#note('read', key, below(key));
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
      ownKeys: (target) => {
        this.#note('keys', '', path);
        return Reflect.ownKeys(target);
      },
    };
  }

  /**
   * Notes all of a value that goes somewhere else, where its paths are other ones.
   *
   * @param {any} value
   * @param {string} path
   * @param {Set<object>} [met] a script may have tied a circle
   */
  noteAll(value, path, met = new Set()) {
    if (typeof value !== 'object' || value === null || met.has(value)) return;
    met.add(value);
    this.#note('keys', '', path);
    for (const [key, inner] of Object.entries(value)) {
      this.#note('read', key, `${path}.${key}`);
      this.noteAll(inner, `${path}.${key}`, met);
    }
  }

  /**
   * @param {Access['kind']} kind
   * @param {PropertyKey} key
   * @param {string} path
   */
  #note(kind, key, path) {
    if (typeof key === 'symbol') return;
    const name = `${kind} ${path}`;
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#tell({ script: this.#script, kind, path });
  }
}

/**
 * What a traced value stands for; any other value itself.
 *
 * @param {any} value
 */
export function original(value) {
  return originals.get(value)?.value ?? value;
}

export { original as originalOf };

/**
 * Where a traced object stands in what a script was given.
 *
 * @param {any} value
 */
export function pathOf(value) {
  return typeof value === 'object' && value !== null ? originals.get(value)?.path : undefined;
}

/**
 * @param {any} value
 * @param {string} path where it is put
 */
function moved(value, path) {
  const known = originals.get(value);
  if (known && known.path !== path) known.trace.noteAll(known.value, known.path);
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
