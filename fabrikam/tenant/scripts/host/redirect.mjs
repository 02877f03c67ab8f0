/** `api.redirect`: away to another page, with signed tokens there and back. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { clock } from './clock.mjs';

const NO_BROWSER = new Set([
  'oauth2-password',
  'oauth2-refresh-token',
  'oauth2-resource-owner',
  'oauth2-webauthn',
]);
const EXPIRES_IN_SECONDS = 900;

/**
 * @typedef {{secret: string, payload?: object, expiresInSeconds?: number}} Encoding
 * @typedef {{secret: string, tokenParameterName?: string}} Validation
 */

/**
 * @param {import('./api.mjs').Running} running
 * @param {(name: string, ...args: unknown[]) => any} ask
 */
export function redirectFor({ event }, ask) {
  const canRedirect = () =>
    !NO_BROWSER.has(event.transaction.protocol) && !event.transaction.prompt.includes('none');
  return {
    canRedirect,
    sendUserTo: (
      /** @type {string} */ url,
      /** @type {{query?: Record<string, string>}} */ options = {},
    ) => {
      const target = new URL(url);
      for (const [name, value] of Object.entries(options.query ?? {})) {
        target.searchParams.set(name, value);
      }
      return ask('redirect.sendUserTo', target.href, canRedirect());
    },
    encodeToken: (/** @type {Encoding} */ options) => {
      const { secret, payload, expiresInSeconds = EXPIRES_IN_SECONDS } = options;
      const iat = Math.floor(clock.now() / 1000);
      const { ip, hostname: iss } = event.request;
      const sub = event.user.user_id;
      return signed({ iss, sub, ip, iat, exp: iat + expiresInSeconds, ...payload }, secret);
    },
    validateToken: (/** @type {Validation} */ options) => {
      const { secret, tokenParameterName = 'session_token' } = options;
      const { query, body } = event.request;
      return verified({ ...query, ...body }[tokenParameterName], secret, event);
    },
  };
}

/**
 * @param {object} payload
 * @param {string} secret
 */
function signed(payload, secret) {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, payload].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return [...parts, signature(parts.join('.'), secret).toString('base64url')].join('.');
}

/**
 * @param {string | undefined} token
 * @param {string} secret
 * @param {any} event
 */
function verified(token, secret, event) {
  const { header, claims, text, mark } = parted(token);
  const due = signature(text, secret);
  if (header.alg !== 'HS256' || mark.length !== due.length || !timingSafeEqual(mark, due)) {
    throw new Error('the token is not signed with this secret');
  }
  const { state } = { ...event.request.query, ...event.request.body };
  if (!(claims.exp > clock.now() / 1000)) throw new Error('the token has expired');
  if (claims.sub !== event.user.user_id) throw new Error('the token is for another user');
  if (claims.state !== state) throw new Error('the token is for another state');
  return claims;
}

/** @param {string | undefined} token */
function parted(token) {
  const [header, claims, mark = ''] = String(token ?? '').split('.');
  try {
    return {
      header: JSON.parse(Buffer.from(header, 'base64url').toString()),
      claims: JSON.parse(Buffer.from(claims, 'base64url').toString()),
      text: `${header}.${claims}`,
      mark: Buffer.from(mark, 'base64url'),
    };
  } catch {
    throw new Error('the token is missing or malformed');
  }
}

/**
 * @param {string} text
 * @param {string} secret
 */
function signature(text, secret) {
  return createHmac('sha256', secret).update(text).digest();
}
