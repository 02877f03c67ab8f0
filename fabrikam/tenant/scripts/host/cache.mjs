/** `api.cache`: strings for a while, kept by Python and shared by all logins. */
import { asText } from './arguments.mjs';
import { clock } from './clock.mjs';

const ENTRIES = 20;
const KEY_BYTES = 64;
const VALUE_BYTES = 4 * 1024;
const TOTAL_BYTES = 8 * 1024;
const TTL = 15 * 60 * 1000;
const LONGEST = 24 * 60 * 60 * 1000;

const bytes = (/** @type {string} */ text) => Buffer.byteLength(text);
const refused = (/** @type {string} */ code) => ({ type: 'error', code });

/** @param {{cache: Map<string, {value: string, expires_at: number}>}} login */
export function cacheFor({ cache }) {
  for (const [key, { expires_at: at }] of cache) if (at <= clock.now()) cache.delete(key);

  return {
    get: (/** @type {string} */ key) => cache.get(key),

    delete: (/** @type {string} */ key) =>
      cache.delete(key) ? { type: 'success' } : refused('CacheKeyDoesNotExist'),

    set: (/** @type {string} */ key, /** @type {string} */ value, options = {}) => {
      asText('cache key', key);
      asText('cache value', value);
      const code = tooLarge(cache, key, value) ?? tooOld(options);
      if (code) return refused(code);
      const record = { value, expires_at: end(options) };
      cache.set(key, record);
      return { type: 'success', record };
    },
  };
}

/**
 * @param {Map<string, {value: string}>} cache
 * @param {string} key
 * @param {string} value
 */
function tooLarge(cache, key, value) {
  if (bytes(key) > KEY_BYTES) return 'CacheKeySizeExceeded';
  if (bytes(value) > VALUE_BYTES) return 'CacheValueSizeExceeded';
  const others = [...cache].filter(([name]) => name !== key);
  const texts = [key, value, ...others.flatMap(([name, entry]) => [name, entry.value])];
  const size = texts.map(bytes).reduce((sum, size) => sum + size);
  return size > TOTAL_BYTES || others.length >= ENTRIES ? 'CacheSizeExceeded' : undefined;
}

/** @param {{ttl?: number, expires_at?: number}} options */
function tooOld(options) {
  if (!Number.isFinite(end(options))) return 'InvalidExpiry';
  return end(options) <= clock.now() ? 'ItemAlreadyExpired' : undefined;
}

/** @param {{ttl?: number, expires_at?: number}} options */
function end({ ttl, expires_at: at }) {
  const now = clock.now();
  const wished = ttl === undefined && at === undefined ? now + TTL : Infinity;
  const ends = [wished, at ?? Infinity, ttl === undefined ? Infinity : now + ttl];
  return Math.min(...ends, now + LONGEST);
}
