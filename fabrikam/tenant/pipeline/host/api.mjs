/**
 * The `api` of an Action: every member writes down what was asked for, and Python
 * decides later what it means.
 *
 * What Auth0 has and this tenant has not throws an error that names it. What neither
 * has is simply not there, as at Auth0.
 */
import {
  asFactors,
  asMetadata,
  asMethod,
  asScope,
  asShort,
  asText,
} from './arguments.mjs';
import { cacheFor } from './cache.mjs';
import { redirectFor } from './redirect.mjs';

const MFA_COMMANDS = 4;
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
 * @property {{phase: string}} action
 */

/** @param {Running} running */
export function apiFor(running) {
  const { step, login } = running;
  const { operations } = login.result;
  const times = (/** @type {string} */ ...names) =>
    operations.filter(({ name }) => names.includes(name)).length;

  /** @param {string} name @param {unknown[]} args */
  const ask = (name, ...args) => {
    operations.push({ name, args, by: step.name });
    return api;
  };
  const command = (name, factors) => {
    if (!login.frame.customizeMfa) {
      step.warn('the tenant does not let Actions choose factors; the command has no effect');
      return api;
    }
    if (times('authentication.challenge', 'authentication.enroll') >= MFA_COMMANDS) {
      throw new Error(`more than ${MFA_COMMANDS} challenge and enroll commands in one login`);
    }
    return ask(name, asFactors(factors));
  };

  const api = {
    access: { deny: (reason) => ask('access.deny', asText('reason', reason)) },
    accessToken: {
      setCustomClaim: (name, value) => ask('accessToken.setCustomClaim', asText('claim', name), value),
      addScope: (scope) => ask('accessToken.addScope', asScope(scope)),
      removeScope: (scope) => ask('accessToken.removeScope', asScope(scope)),
    },
    authentication: {
      challengeWith: (factor, options) => command('authentication.challenge', [factor, ...(options?.additionalFactors ?? [])]),
      challengeWithAny: (factors) => command('authentication.challenge', factors),
      enrollWith: (factor, options) => command('authentication.enroll', [factor, ...(options?.additionalFactors ?? [])]),
      enrollWithAny: (factors) => command('authentication.enroll', factors),
      recordMethod: (url) => ask('authentication.recordMethod', asMethod(url, running.action)),
      setPrimaryUser: (id) => {
        if (times('authentication.setPrimaryUser') > 0) throw new Error('setPrimaryUser may be called once');
        if (login.result.left?.context.primaryUser) throw new Error('a rule has set the primary user');
        return ask('authentication.setPrimaryUser', asShort('user id', id, 128));
      },
    },
    cache: cacheFor(login),
    idToken: {
      setCustomClaim: (name, value) => ask('idToken.setCustomClaim', asText('claim', name), value),
    },
    multifactor: {
      enable: (provider, options) => ask('multifactor.enable', asText('provider', provider), { ...options }),
    },
    redirect: redirectFor(running, ask),
    rules: {
      wasExecuted: (rule) => login.result.rulesRan.includes(rule),
    },
    session: { revoke: (reason) => ask('session.revoke', asText('reason', reason)) },
    transaction: { setMetadata: (key, value) => ask('transaction.setMetadata', ...asMetadata(key, value)) },
    user: {
      setAppMetadata: (key, value) => ask('user.setAppMetadata', asText('key', key), value),
      setUserMetadata: (key, value) => ask('user.setUserMetadata', asText('key', key), value),
    },
    validation: {
      error: (code, message) => ask('validation.error', asText('code', code), asShort('message', message, 100)),
    },
  };
  return withUnsupported(api);
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
