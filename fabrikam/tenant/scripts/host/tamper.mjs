/**
 * Notices when a script has changed what all scripts share, so that the next login
 * gets a fresh worker.
 *
 * Rule 1: no method is called here; a script may have replaced it.
 * Rule 2: new names on `global` are no finding, since Auth0 shares them as well.
 *
 * Functions replaced inside a module, such as `crypto.randomBytes`, are not seen.
 */
const { getOwnPropertyDescriptor, is } = Object;
const { ownKeys } = Reflect;

/** @type {any[]} */
const SHARED = [
  Object, Function, Array, String, Number, Boolean, Symbol, Promise, RegExp, Map, Set,
  WeakMap, Error, Date, JSON, Math, Reflect,
];

/**
 * @typedef {object} Remembered
 * @property {string} name
 * @property {any} place
 * @property {PropertyKey[]} keys
 * @property {(PropertyDescriptor | undefined)[]} slots
 */

/** @returns {Remembered[]} */
const present = () => SHARED.flatMap((value) => {
  const name = value.name ?? value[Symbol.toStringTag];
  const itself = remembered(name, value);
  return value.prototype ? [itself, remembered(`${name}.prototype`, value.prototype)] : [itself];
});

let before = present();

/** Takes all as it is now for how it was at the start. */
export function acceptPresent() {
  before = present();
}

/** Only what is filled in from the start: Node makes the others when they are used. */
const globals = remembered('global', globalThis, (slot) => slot !== undefined && 'value' in slot);

/** Names everything that is no longer as it was at the start. */
export function findings() {
  /** @type {string[]} */
  const found = [];
  for (let at = 0; at < before.length; at += 1) {
    const { name, place, keys } = before[at];
    if (ownKeys(place).length !== keys.length || changed(before[at]).length > 0) {
      found[found.length] = name;
    }
  }
  const replaced = changed(globals);
  for (let at = 0; at < replaced.length; at += 1) found[found.length] = replaced[at];
  return found;
}

/**
 * @param {string} name
 * @param {any} place
 * @param {(slot: PropertyDescriptor | undefined) => boolean} [wanted]
 * @returns {Remembered}
 */
function remembered(name, place, wanted = () => true) {
  const slot = (/** @type {PropertyKey} */ key) => getOwnPropertyDescriptor(place, key);
  const keys = ownKeys(place).filter((key) => wanted(slot(key)));
  return { name, place, keys, slots: keys.map(slot) };
}

/** @param {Remembered} known */
function changed({ place, keys, slots }) {
  /** @type {string[]} */
  const names = [];
  for (let at = 0; at < keys.length; at += 1) {
    const now = getOwnPropertyDescriptor(place, keys[at]);
    if (!same(keys[at], now, slots[at])) names[names.length] = String(keys[at]);
  }
  return names;
}

/**
 * @param {PropertyKey} key
 * @param {PropertyDescriptor | undefined} now
 * @param {PropertyDescriptor | undefined} old
 */
function same(key, now, old) {
  if (key === 'stackTraceLimit') return true; // many packages set it, and none relies on it
  return is(now?.value, old?.value) && now?.get === old?.get && now?.set === old?.set;
}
