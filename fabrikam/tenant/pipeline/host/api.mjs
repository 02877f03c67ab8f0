/**
 * The `api` of an Action: every member writes down what was asked for, and Python
 * decides later what it means.
 *
 * What Auth0 has and this tenant has not throws an error that names it. What neither
 * has is simply not there, as at Auth0.
 */
import {
  asClaim,
  asFactors,
  asMetadata,
  asMethod,
  asScope,
  asShort,
  asText,
} from './arguments.mjs';
import { cacheFor } from './cache.mjs';
import { TooLarge } from './errors.mjs';
import { redirectFor } from './redirect.mjs';

const { parse, stringify } = JSON;
const MFA_COMMANDS = 4; // in one login, as at Auth0
const UNSUPPORTED = {
  prompt: ['render'],
  refreshToken: ['revoke', 'setExpiresAt', 'setIdleExpiresAt', 'setMetadata', 'deleteMetadata', 'evictMetadata'],
  samlResponse: [
    'setAttribute',
    'setAttributeNameFormat',
    'setAudience',
    'setAuthnContextClassRef',
    'setCert',
    'setCreateUpnClaim',
    'setDestination',
    'setDigestAlgorithm',
    'setEncryptionCert',
    'setEncryptionPublicKey',
    'setIncludeAttributeNameFormat',
    'setIssuer',
    'setKey',
    'setLifetimeInSeconds',
    'setMapIdentities',
    'setMapUnknownClaimsAsIs',
    'setNameIdentifierFormat',
    'setNameIdentifierProbes',
    'setPassthroughClaimsWithNoMapping',
    'setRecipient',
    'setRelayState',
    'setSignatureAlgorithm',
    'setSignResponse',
    'setTypedAttributes',
  ],
  session: ['setExpiresAt', 'setIdleExpiresAt', 'setCookieMode', 'setMetadata', 'deleteMetadata', 'evictMetadata'],
};

/**
 * @typedef {object} Running
 * @property {import('./step.mjs').Step} step
 * @property {import('./login.mjs').Login} login
 * @property {any} event
 * @property {string} phase
 */

/** @param {Running} running */
export function apiFor(running) {
  const { step, login, phase } = running;
  const { operations, rulesRan, left } = login.result;

  /** @type {(name: string, ...args: unknown[]) => any} */
  const ask = (name, ...args) => {
    const text = stringify({ name, args, by: step.name });
    login.asked += text.length;
    if (login.asked > login.frame.limit) throw new TooLarge(login.frame.limit);
    operations.push(parse(text)); // as it is now, whatever becomes of the arguments
    return api;
  };
  const asked = (/** @type {string[]} */ ...names) =>
    operations.filter(({ name }) => names.includes(name)).length;

  /** @type {(name: string, factors: unknown) => any} */
  const command = (name, factors) => {
    const { customizeMfa } = login.frame;
    if (!customizeMfa) step.warn('the tenant does not let Actions choose factors: no effect');
    if (!customizeMfa) return api;
    if (asked('authentication.challenge', 'authentication.enroll') < MFA_COMMANDS) {
      return ask(name, asFactors(factors));
    }
    throw new Error(`more than ${MFA_COMMANDS} challenge and enroll commands in one login`);
  };
  const challenge = (/** @type {unknown} */ factors) =>
    command('authentication.challenge', factors);
  const enroll = (/** @type {unknown} */ factors) => command('authentication.enroll', factors);

  const setPrimaryUser = (/** @type {unknown} */ id) => {
    if (asked('authentication.setPrimaryUser')) throw new Error('the primary user is set twice');
    if (left?.context.primaryUser) throw new Error('a rule has set the primary user');
    return ask('authentication.setPrimaryUser', asShort('user id', id, 128));
  };

  /** @type {Record<string, any>} */
  const api = {
    access: { deny: (reason) => ask('access.deny', asText('reason', reason)) },
    accessToken: {
      addScope: (scope) => ask('accessToken.addScope', asScope(scope)),
      removeScope: (scope) => ask('accessToken.removeScope', asScope(scope)),
      setCustomClaim: (name, value) => ask('accessToken.setCustomClaim', asClaim(name), value),
    },
    authentication: {
      challengeWith: (factor, options) => challenge([factor, ...others(options)]),
      challengeWithAny: challenge,
      enrollWith: (factor, options) => enroll([factor, ...others(options)]),
      enrollWithAny: enroll,
      recordMethod: (url) => ask('authentication.recordMethod', asMethod(url, phase)),
      setPrimaryUser,
    },
    cache: cacheFor(login),
    idToken: {
      setCustomClaim: (name, value) => ask('idToken.setCustomClaim', asClaim(name), value),
    },
    multifactor: {
      enable: (provider, options) =>
        ask('multifactor.enable', asText('provider', provider), { ...options }),
    },
    redirect: redirectFor(running, ask),
    rules: { wasExecuted: (rule) => rulesRan.includes(rule) },
    session: { revoke: (reason) => ask('session.revoke', asText('reason', reason)) },
    transaction: {
      setMetadata: (key, value) => ask('transaction.setMetadata', ...asMetadata(key, value)),
    },
    user: {
      setAppMetadata: (key, value) => ask('user.setAppMetadata', asText('key', key), value),
      setUserMetadata: (key, value) => ask('user.setUserMetadata', asText('key', key), value),
    },
    validation: {
      error: (code, message) =>
        ask('validation.error', asText('code', code), asShort('message', message, 100)),
    },
  };
  return withUnsupported(api);
}

/** @param {{additionalFactors?: unknown[]}} [options] */
function others(options) {
  return options?.additionalFactors ?? [];
}

/** @param {Record<string, any>} api */
function withUnsupported(api) {
  for (const [group, names] of Object.entries(UNSUPPORTED)) {
    const members = names.map((name) => [name, unsupported(`api.${group}.${name}`)]);
    api[group] = { ...api[group], ...Object.fromEntries(members) };
  }
  return api;
}

/** @param {string} member */
function unsupported(member) {
  return () => {
    throw new Error(`${member} is not supported by the local tenant`);
  };
}
