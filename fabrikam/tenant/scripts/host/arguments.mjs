/** What an Action may pass to its `api`, with the limits that Auth0 documents. */

const SCOPE_LONGEST = 280;
const METADATA_KEY_LONGEST = 64;
const METADATA_VALUE_LONGEST = 8 * 1024;

/**
 * @param {string} what
 * @param {unknown} value
 * @returns {string}
 */
export function asText(what, value) {
  if (typeof value !== 'string') throw new TypeError(`${what} is not a string`);
  return value;
}

/**
 * @param {string} what
 * @param {unknown} value
 * @param {number} longest
 */
export function asShort(what, value, longest) {
  const text = asText(what, value);
  if (text.length > longest) throw new RangeError(`${what} is longer than ${longest} characters`);
  return text;
}

/** @param {unknown} value */
export function asClaim(value) {
  if (value === 'scope') throw new Error('the claim scope is not for scripts; use addScope');
  return asText('claim', value);
}

/** @param {unknown} value */
export function asScope(value) {
  const scope = asShort('scope', value, SCOPE_LONGEST);
  if (scope === '' || /\s/.test(scope)) throw new TypeError('scope is empty or has a space in it');
  return scope;
}

/** @param {unknown} factors */
export function asFactors(factors) {
  if (!Array.isArray(factors) || factors.length === 0) throw new TypeError('no factors are given');
  return factors.map((factor) => {
    asText('factor type', factor?.type);
    return { ...factor };
  });
}

/**
 * @param {unknown} url
 * @param {string} phase
 */
export function asMethod(url, phase) {
  if (phase !== 'continue') throw new Error('recordMethod is for onContinuePostLogin only');
  const { protocol } = new URL(asText('method', url));
  if (!/^https?:$/.test(protocol)) throw new TypeError('method is not an http or https address');
  return url;
}

/**
 * @param {unknown} key
 * @param {unknown} value
 * @returns {[string, unknown]}
 */
export function asMetadata(key, value) {
  const name = asShort('metadata key', key, METADATA_KEY_LONGEST);
  if (value === null) return [name, null]; // removes it
  if (!['string', 'number', 'boolean'].includes(typeof value)) {
    throw new TypeError('metadata value is not a string, number or boolean');
  }
  asShort('metadata value', String(value), METADATA_VALUE_LONGEST);
  return [name, value];
}
