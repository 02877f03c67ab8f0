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
import { refreshTokenFor, sessionFor } from './lasting.mjs';
import { Operations } from './operations.mjs';
import { redirectFor } from './redirect.mjs';
import { samlResponseFor } from './saml.mjs';
import { withUnsupported } from './unsupported.mjs';

/** Auth0's limits on one login. */
const MOST_COMMANDS = 4;
const MOST_SCOPES = 1000;
const MOST_TRANSACTION_METADATA = 16 * 1024;
const MOST_USER_METADATA = 32 * 1024;

/**
 * @typedef {object} Running
 * @property {import('./step.mjs').Step} step
 * @property {import('./login.mjs').Login} login
 * @property {any} event
 * @property {string} phase
 */

/**
 * @typedef {(name: string, ...args: unknown[]) => any} Ask
 */

/** @param {Running} running */
export function apiFor(running) {
  const { step, login, event, phase } = running;
  const { rulesRan } = login.result;
  const operations = new Operations(step);

  /** @type {Ask} */
  const ask = (name, ...args) => {
    operations.add(name, ...args);
    return api;
  };
  const keep = (/** @type {string} */ name, /** @type {number} */ most) =>
    (/** @type {unknown} */ key, /** @type {unknown} */ value) => {
      operations.addPair(name, most, asText('key', key), value);
      return api;
    };
  const scope = (/** @type {string} */ name) => (/** @type {unknown} */ word) => {
    const known = operations.count('accessToken.addScope', 'accessToken.removeScope');
    if (known >= MOST_SCOPES) throw new RangeError(`more than ${MOST_SCOPES} scopes`);
    return ask(name, asScope(word));
  };

  /** @type {Record<string, Record<string, (...args: any[]) => any>>} */
  const api = {
    access: { deny: (reason) => ask('access.deny', asText('reason', reason)) },
    accessToken: {
      addScope: scope('accessToken.addScope'),
      removeScope: scope('accessToken.removeScope'),
      setCustomClaim: (name, value) => ask('accessToken.setCustomClaim', asClaim(name), value),
    },
    authentication: {
      ...commands(running, operations, ask, () => api),
      recordMethod: (url) => ask('authentication.recordMethod', asMethod(url, phase)),
      setPrimaryUser: (id) => {
        refuseSecondPrimaryUser(login, operations);
        return ask('authentication.setPrimaryUser', asShort('user id', id, 128));
      },
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
    refreshToken: refreshTokenFor(event, ask),
    samlResponse: samlResponseFor(operations, ask, () => api),
    session: sessionFor(event, ask),
    transaction: {
      setMetadata: (key, value) => {
        const [name, kept] = asMetadata(key, value);
        keep('transaction.setMetadata', MOST_TRANSACTION_METADATA)(name, kept);
        setOrRemove(event.transaction.metadata, name, kept); // at once, as at Auth0
        return api;
      },
    },
    user: {
      setAppMetadata: keep('user.setAppMetadata', MOST_USER_METADATA),
      setUserMetadata: keep('user.setUserMetadata', MOST_USER_METADATA),
    },
    validation: {
      error: (code, message) =>
        ask('validation.error', asText('code', code), asShort('message', message, 100)),
    },
  };
  return withUnsupported(api);
}

/**
 * The commands that send the user to a factor at once, where the tenant allows it.
 *
 * @param {Running} running
 * @param {Operations} operations
 * @param {Ask} ask
 * @param {() => any} api
 */
function commands({ step, login }, operations, ask, api) {
  /** @type {(name: string, factors: unknown) => any} */
  const command = (name, factors) => {
    if (!login.frame.customizeMfa) {
      step.warn('the tenant does not let Actions choose factors: no effect');
      return api();
    }
    if (operations.count('authentication.challenge', 'authentication.enroll') < MOST_COMMANDS) {
      return ask(name, asFactors(factors));
    }
    throw new Error(`more than ${MOST_COMMANDS} challenge and enroll commands in one login`);
  };
  const withOne = (/** @type {string} */ name) =>
    (/** @type {unknown} */ factor, /** @type {{additionalFactors?: unknown[]}} */ options = {}) =>
      command(name, [factor, ...(options.additionalFactors ?? [])]);
  const withAny = (/** @type {string} */ name) => (/** @type {unknown} */ factors) =>
    command(name, factors);
  return {
    challengeWith: withOne('authentication.challenge'),
    challengeWithAny: withAny('authentication.challenge'),
    enrollWith: withOne('authentication.enroll'),
    enrollWithAny: withAny('authentication.enroll'),
  };
}

/**
 * @param {import('./login.mjs').Login} login
 * @param {Operations} operations
 */
function refuseSecondPrimaryUser({ result: { left } }, operations) {
  if (left?.context.primaryUser) throw new Error('a rule has set the primary user');
  const before = operations.count('authentication.setPrimaryUser');
  if (before > 0) throw new Error('the primary user is set twice');
}

/**
 * @param {Record<string, unknown>} metadata
 * @param {string} key
 * @param {unknown} value null removes the key
 */
export function setOrRemove(metadata, key, value) {
  if (value === null) delete metadata[key];
  else metadata[key] = value;
}
