/**
 * `require('auth0')` where the package is not installed: its ManagementClient, in the
 * shape of the version that the script names, over this tenant's users.
 *
 * Which domain and which credentials it is given makes no difference: there is one
 * tenant here. A member that is not listed throws an error that names it.
 */
import { managed } from './management.mjs';
import { current } from './step.mjs';

/** From this version on answers are wrapped in `data`; the next one took that back. */
const WRAPPED = 4;

/**
 * @typedef {Partial<import('./management.mjs').Question>} Asked
 * @typedef {(...args: any[]) => Asked} Call
 */

const id = (/** @type {any} */ given) => `${given?.id ?? given}`;
const user = (/** @type {any} */ given, /** @type {string[]} */ ...rest) => ['users', id(given), ...rest];

/** @type {Record<string, Call>} */
const USERS = {
  assignRoles: (who, body) => ({ method: 'POST', path: user(who, 'roles'), body }),
  deleteRoles: (who, body) => ({ method: 'DELETE', path: user(who, 'roles'), body }),
  get: (who, query) => ({ path: user(who), query: words(query ?? fieldsOf(who)) }),
  getAll: (query) => ({ path: ['users'], query: words(query) }),
  getAuthenticationMethods: (who) => ({ path: user(who, 'authentication-methods') }),
  getByEmail: (email) => ({ path: ['users-by-email'], query: { email: email?.email ?? email } }),
  getEnrollments: (who) => ({ path: user(who, 'enrollments') }),
  getRoles: (who) => ({ path: user(who, 'roles') }),
  link: (who, body) => ({ method: 'POST', path: user(who, 'identities'), body }),
  update: (who, body) => ({ method: 'PATCH', path: user(who), body }),
  updateAppMetadata: (who, app_metadata) => USERS.update(who, { app_metadata }),
  updateUserMetadata: (who, user_metadata) => USERS.update(who, { user_metadata }),
};
USERS.list = USERS.getAll;
USERS.listUsersByEmail = USERS.getByEmail;
USERS.removeRoles = USERS.deleteRoles;

/** The names that the client itself had before it had managers. @type {Record<string, Call>} */
const CLIENT = {
  assignRolestoUser: USERS.assignRoles,
  getGuardianEnrollments: USERS.getEnrollments,
  getUser: (given) => (given?.id === undefined ? USERS.getAll(given) : USERS.get(given)),
  getUserRoles: USERS.getRoles,
  getUsers: USERS.getAll,
  getUsersByEmail: USERS.getByEmail,
  linkUsers: USERS.link,
  removeRolesFromUser: USERS.removeRoles,
  updateAppMetadata: USERS.updateAppMetadata,
  updateUser: USERS.update,
  updateUserMetadata: USERS.updateUserMetadata,
};

/** Managers that a later version put beside `users`. @type {Record<string, Record<string, Call>>} */
const MANAGERS = {
  users: USERS,
  usersByEmail: { getByEmail: USERS.getByEmail },
};

/**
 * The package, as far as it is here.
 *
 * @param {number} version its major number
 */
export function auth0Package(version) {
  class ManagementClient {
    /** @param {{token?: string}} [options] */
    constructor({ token } = {}) {
      const wrap = wrapping(version);
      const methods = (/** @type {Record<string, Call>} */ calls) => bound(calls, token, wrap);
      const managers = Object.entries(MANAGERS).map(([name, calls]) => [
        name,
        named(methods(calls), `auth0 ManagementClient ${name}`),
      ]);
      const members = { ...Object.fromEntries(managers), ...methods(CLIENT) };
      return named(members, 'auth0 ManagementClient');
    }
  }
  return named({ ManagementClient, AuthenticationClient: authentication(version) }, 'auth0');
}

/** @param {number} version */
function authentication(version) {
  const answer = { access_token: 'local-client', token_type: 'Bearer', expires_in: 86_400 };
  const grant = (/** @type {unknown} */ _asked, /** @type {Function | undefined} */ callback) =>
    told(Promise.resolve(wrapping(version)({ status: 200, body: answer })), callback);
  return class AuthenticationClient {
    constructor() {
      const members = { clientCredentialsGrant: grant };
      const oauth = named(members, 'auth0 AuthenticationClient oauth');
      return named({ ...members, oauth }, 'auth0 AuthenticationClient');
    }
  };
}

/**
 * @param {Record<string, Call>} calls
 * @param {string | undefined} token
 * @param {(answer: import('./management.mjs').Answer) => any} wrap
 */
function bound(calls, token, wrap) {
  const methods = Object.entries(calls).map(([name, call]) => [
    name,
    (/** @type {any[]} */ ...args) => {
      const callback = typeof args.at(-1) === 'function' ? args.pop() : undefined;
      const asked = { token: token || 'local-client', ...call(...args) };
      return told(managed(login(), asked).then(wrap), callback);
    },
  ]);
  return Object.fromEntries(methods);
}

/** The login that is being served; a client may be older than it. */
function login() {
  const step = current();
  if (step === undefined) throw new Error('the Management API is there during a login only');
  return step.login;
}

/** @param {number} version */
function wrapping(version) {
  return (/** @type {import('./management.mjs').Answer} */ { status, body }) =>
    version === WRAPPED ? { data: body, status, statusText: '', headers: {} } : body;
}

/**
 * @param {Promise<any>} answer
 * @param {Function | undefined} callback as the versions before promises took it
 */
function told(answer, callback) {
  if (callback === undefined) return answer;
  answer.then(
    (value) => callback(null, value),
    (error) => callback(error),
  );
  return undefined;
}

/** @param {any} given */
function fieldsOf(given) {
  const { id: _, ...query } = typeof given === 'object' && given !== null ? given : {};
  return query;
}

/** @param {Record<string, unknown>} [query] */
function words(query = {}) {
  const pairs = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(pairs);
}

/**
 * The members that are here; any other name throws.
 *
 * @template {Record<string, any>} T
 * @param {T} members
 * @param {string} owner
 * @returns {T}
 */
function named(members, owner) {
  return new Proxy(members, {
    get(target, name) {
      // promises, printers and module loaders ask for these of anything
      if (typeof name === 'symbol' || name in target || NOT_ASKED_FOR.has(name)) {
        return Reflect.get(target, name);
      }
      throw new Error(`${owner}.${name} is not supported by the local tenant`);
    },
  });
}
const NOT_ASKED_FOR = new Set(['then', 'toJSON', 'inspect', 'default', '__esModule']);
