/**
 * What a Rule finds around it: Auth0's globals, and the packages that old Rules use
 * without `require`.
 */
import { createRequire } from 'node:module';
import { auth0Package } from './auth0.mjs';
import { current } from './step.mjs';

/** Finds Node's own modules, and the packages installed beside the tenant folder. */
export const beside = createRequire(`${process.cwd()}/package.json`);

/** A Rule's way to end a login with the error code `unauthorized`. */
export class UnauthorizedError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'UnauthorizedError';
  }
}

/** The `auth0` that a Rule gets which names no version. */
const OLD_AUTH0 = '2';

/** `require`, also with a version, which only says what the author had at hand. */
export const requireForRules = (/** @type {string} */ name) => {
  const [, bare, version = OLD_AUTH0] = /^(.+?)(?:@([^@/]*))?$/.exec(name) ?? ['', name];
  return besideOrOurs(bare, version);
};

/**
 * Finds a package; `auth0` is there even where it is not installed.
 *
 * @param {string} name
 * @param {string} version
 */
export function besideOrOurs(name, version) {
  try {
    return beside(name);
  } catch (error) {
    if (/** @type {any} */ (error).code !== 'MODULE_NOT_FOUND') throw error;
    if (name === 'auth0') return auth0Package(Number.parseInt(version, 10) || NEW_AUTH0);
    /** @type {any} */ (error).message = String(/** @type {any} */ (error).message).replace(
      /^Cannot find module .*/,
      (words) => `${words}; install it beside the tenant folder: npm install ${name}`,
    );
    throw error;
  }
}
const NEW_AUTH0 = 4; // of an Action that asks for the latest

/** The names that Auth0 puts around Rules, and the packages behind them. */
const PACKAGES = {
  _: 'lodash',
  async: 'async',
  Auth0: 'auth0',
  azure_storage: 'azure-storage',
  bcrypt: 'bcrypt',
  couchbase: 'couchbase',
  cql: 'node-cassandra-cql',
  crypto: 'crypto',
  ip: 'ip',
  jwt: 'jsonwebtoken',
  Knex: 'knex',
  mongo: 'mongodb',
  mysql: 'mysql',
  mysql_pool: 'mysql',
  pbkdf2: 'pbkdf2',
  pg: 'pg',
  postgres: 'pg',
  Pubnub: 'pubnub',
  q: 'q',
  querystring: 'querystring',
  request: 'request',
  sqlserver: 'tedious',
  uuid: 'uuid',
  xml2js: 'xml2js',
  xmldom: 'xmldom',
  xpath: 'xpath',
  xtend: 'xtend',
};

class ValidationError extends Error {}
class WrongUsernameOrPasswordError extends Error {}

/** @type {Record<string, any>} */
export const ruleScope = {
  UnauthorizedError,
  ValidationError,
  WrongUsernameOrPasswordError,
  get configuration() {
    return current()?.login.configuration;
  },
  get auth0() {
    return current()?.login.auth0;
  },
  get ObjectID() {
    return requireForRules('mongodb').ObjectID;
  },
};

for (const [word, name] of Object.entries(PACKAGES)) {
  Object.defineProperty(ruleScope, word, {
    configurable: true,
    get: () => requireForRules(name),
    set: (value) => Object.defineProperty(ruleScope, word, { value, writable: true }),
  });
}
