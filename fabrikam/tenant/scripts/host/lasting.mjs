/** `api.session` and `api.refreshToken`: how long they last, and their metadata. */
import { asText } from './arguments.mjs';

const NAME = /^[\w-]{1,255}$/;
const VALUE_LONGEST = 255;
const MOST_ENTRIES = 25;
const COOKIE_MODES = ['persistent', 'non-persistent'];

/**
 * The members that both have.
 *
 * @param {'session' | 'refreshToken'} group
 * @param {{metadata?: Record<string, string>} | undefined} there what the event shows of it
 * @param {(name: string, ...args: unknown[]) => any} ask
 */
function lasting(group, there, ask) {
  let metadata = { ...there?.metadata };
  const keep = (/** @type {Record<string, string>} */ next) => {
    metadata = next;
    if (there) there.metadata = { ...next }; // at once, also for who reads on
    ask(`${group}.setMetadata`, next);
  };
  const end = (/** @type {string} */ name) => (/** @type {unknown} */ at) => {
    if (!Number.isFinite(at) || Number(at) <= 0) throw new TypeError(`${name}: no time is given`);
    ask(`${group}.${name}`, at);
  };
  const remove = (/** @type {string} */ key) => {
    const { [key]: removed, ...others } = metadata;
    if (removed !== undefined) keep(others);
  };
  return {
    setExpiresAt: end('setExpiresAt'),
    setIdleExpiresAt: end('setIdleExpiresAt'),
    setMetadata: (/** @type {string} */ key, /** @type {string | null} */ value) => {
      if (value === null) return remove(key);
      return keep(asMetadata({ ...metadata, [key]: value }));
    },
    deleteMetadata: remove,
    evictMetadata: () => keep({}),
  };
}

/**
 * @param {any} event
 * @param {(name: string, ...args: unknown[]) => any} ask
 */
export function sessionFor(event, ask) {
  const members = lasting('session', event.session, ask);
  return {
    ...members,
    revoke: (/** @type {string} */ reason) => void ask('session.revoke', asText('reason', reason)),
    setCookieMode: (/** @type {string} */ mode) => {
      if (!COOKIE_MODES.includes(mode)) throw new TypeError(`no cookie mode: ${mode}`);
      if (event.session) event.session.cookie = { mode };
      ask('session.setCookieMode', mode);
    },
    setMetadata: (/** @type {string} */ key, /** @type {string | null} */ value) => {
      if (!event.session) throw new Error('there is no session whose metadata could be set');
      members.setMetadata(key, value);
    },
  };
}

/**
 * @param {any} event
 * @param {(name: string, ...args: unknown[]) => any} ask
 */
export function refreshTokenFor(event, ask) {
  return {
    ...lasting('refreshToken', event.refresh_token, ask),
    revoke: (/** @type {string} */ reason) => {
      if (!event.refresh_token) throw new Error('refreshToken.revoke is for a refresh only');
      ask('refreshToken.revoke', asText('reason', reason));
    },
  };
}

/** @param {Record<string, unknown>} metadata */
function asMetadata(metadata) {
  const entries = Object.entries(metadata);
  if (entries.length > MOST_ENTRIES) throw new RangeError(`more than ${MOST_ENTRIES} entries`);
  for (const [key, value] of entries) {
    if (!NAME.test(key)) throw new TypeError('a metadata key has letters, digits, _ and - only');
    if (asText('metadata value', value).length > VALUE_LONGEST || /\0/.test(String(value))) {
      throw new RangeError(`a metadata value has at most ${VALUE_LONGEST} characters, and no null`);
    }
  }
  return /** @type {Record<string, string>} */ (metadata);
}
