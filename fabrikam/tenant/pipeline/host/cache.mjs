/** `api.cache`: strings for a while, kept by Python and shared by the logins. */
import { clock } from './clock.mjs';

const ENTRIES = 20;
const KEY_BYTES = 64;
const VALUE_BYTES = 4 * 1024;
const TOTAL_BYTES = 8 * 1024;
const TTL = 15 * 60 * 1000;
const LONGEST = 24 * 60 * 60 * 1000;

const bytes = (/** @type {string} */ text) => Buffer.byteLength(text);
const refused = (/** @type {string} */ code) => ({ type: 'error', code });

/** @param {import('./login.mjs').Login} login */
export function cacheFor(login) {
  const live = () => Object.entries(login.cache).filter(([, { expires_at: at }]) => at > clock.now());
  return {
    get: (/** @type {string} */ key) => Object.fromEntries(live())[key],
    delete: (/** @type {string} */ key) => {
      const there = key in Object.fromEntries(live());
      login.cache = Object.fromEntries(live().filter(([name]) => name !== key));
      return there ? { type: 'success' } : refused('KeyDoesNotExist');
    },
    set: (/** @type {string} */ key, /** @type {string} */ value, options = {}) => {
      if (bytes(key) > KEY_BYTES) return refused('CacheKeySizeExceeded');
      if (bytes(value) > VALUE_BYTES) return refused('CacheValueSizeExceeded');
      const others = live().filter(([name]) => name !== key);
      const size = others.reduce((sum, [name, entry]) => sum + bytes(name) + bytes(entry.value), 0);
      const room = size + bytes(key) + bytes(value) <= TOTAL_BYTES && others.length < ENTRIES;
      if (!room) return refused('CacheSizeExceeded');
      const ends = options.expires_at ?? clock.now() + (options.ttl ?? TTL);
      const record = { value, expires_at: Math.min(ends, clock.now() + LONGEST) };
      if (record.expires_at <= clock.now()) return refused('ItemAlreadyExpired');
      login.cache = Object.fromEntries([...others, [key, record]]);
      return { type: 'success', record };
    },
  };
}
