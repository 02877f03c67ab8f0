/**
 * Notices when a script has changed what all scripts share, so that the next login
 * gets a fresh worker.
 *
 * New names on `global` are no finding: Auth0 shares them as well. Functions replaced
 * inside a module, such as `crypto.randomBytes`, are not seen.
 */
const SHARED = {
  Object, Function, Array, String, Number, Boolean, Symbol, Promise, RegExp, Map, Set,
  WeakMap, Error, Date, JSON, Math, Reflect, Proxy,
};
const HARMLESS = new Set(['stackTraceLimit']); // many packages set it, and none relies on it

const { entries, getOwnPropertyDescriptor, is } = Object;
const { ownKeys } = Reflect;

const places = entries(SHARED).flatMap(([name, value]) =>
  'prototype' in value && value.prototype
    ? [[name, value], [`${name}.prototype`, value.prototype]]
    : [[name, value]],
);
const before = places.map(([name, place]) => ({ name, place, shape: shape(place) }));
const globals = ownKeys(globalThis)
  .map((key) => [key, getOwnPropertyDescriptor(globalThis, key)])
  .filter(([, found]) => 'value' in found); // Node fills in the others when they are used

/** Names everything that is no longer as it was at the start. */
export function findings() {
  const changed = before.filter(({ place, shape: old }) => !same(place, old));
  const replaced = globals.filter(
    ([key, old]) => !is(getOwnPropertyDescriptor(globalThis, key)?.value, old.value),
  );
  return [...changed.map(({ name }) => name), ...replaced.map(([key]) => String(key))];
}

/** @param {any} place */
function shape(place) {
  return new Map(ownKeys(place).map((key) => [key, getOwnPropertyDescriptor(place, key)]));
}

/**
 * @param {any} place
 * @param {Map<PropertyKey, PropertyDescriptor>} old
 */
function same(place, old) {
  const keys = ownKeys(place);
  return keys.length === old.size && keys.every((key) => unchanged(place, key, old.get(key)));
}

/**
 * @param {any} place
 * @param {PropertyKey} key
 * @param {PropertyDescriptor | undefined} old
 */
function unchanged(place, key, old) {
  if (old === undefined) return false;
  if (HARMLESS.has(String(key))) return true;
  const now = getOwnPropertyDescriptor(place, key);
  return is(now.value, old.value) && now.get === old.get && now.set === old.set;
}
