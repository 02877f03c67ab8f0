/**
 * Rules: each gets the `user` and `context` that the one before it passed on.
 *
 * Rule 1: only `callback` ends a Rule, even an async one.
 * Rule 2: the first answer stands, and must be possible to write down.
 */
import { TooLarge } from './errors.mjs';
import { UnauthorizedError } from './globals.mjs';
import { original } from './trace.mjs';

const { parse, stringify } = JSON;

/** What is read of a `context` after the last Rule. */
const KEPT = [
  'accessToken',
  'idToken',
  'jwtConfiguration',
  'multifactor',
  'primaryUser',
  'redirect',
];

/**
 * @param {import('./login.mjs').Login} login
 * @returns {Promise<import('./login.mjs').Broken>}
 */
export async function runRules(login) {
  const { rules, redirected } = login.frame;
  let { user, context } = login.frame;
  let left; // as JSON
  let multifactor; // as JSON
  for (const { key, known } of rules) {
    const script = login.scripts.get(key);
    const { answer, failure } = await login.step(script, (step, watch) =>
      call(step, script, watch(user, 'user'), watch(context, 'context')),
    );
    if (failure) return failure;
    if (answer.multifactor !== multifactor) login.result.multifactorBy = script.name;
    login.result.rulesRan.push(...known);
    ({ user, context, left, multifactor } = answer);
  }
  if (left) login.result.left = parse(left);
  if (redirected) delete login.result.left?.context.redirect; // once is enough
  return undefined;
}

/**
 * Calls one Rule and answers for it when it calls back.
 *
 * @param {import('./step.mjs').Step} step
 * @param {import('./scripts.mjs').Script} script
 * @param {any} user
 * @param {any} context
 */
function call(step, script, user, context) {
  const callback = (
    /** @type {unknown} */ error,
    /** @type {any} */ nextUser = user,
    /** @type {any} */ nextContext = context,
  ) => {
    if (step.again()) return undefined;
    if (error instanceof UnauthorizedError) return step.fail('unauthorized', error);
    if (error) return step.fail('error', error);
    return answer(step, original(nextUser), original(nextContext));
  };
  try {
    const rule = script.exported();
    if (typeof rule !== 'function') return step.fail('not_a_function', 'it is not a function');
    const returned = rule(user, context, callback);
    returned?.then?.(undefined, (/** @type {unknown} */ error) => step.fail('rejected', error));
  } catch (error) {
    step.fail('thrown', error);
  }
}

/**
 * @param {import('./step.mjs').Step} step
 * @param {any} user
 * @param {any} context
 */
function answer(step, user, context) {
  const { limit } = step.login.frame;
  if (!isObject(user) || !isObject(context)) {
    return step.fail('error', 'it called back with something else than a user and a context');
  }
  if (context.redirect && !URL.canParse(context.redirect.url)) {
    return step.fail('error', 'context.redirect has no url that is one');
  }
  try {
    const left = stringify({ user, context: pick(context) });
    if (left.length > limit) throw new TooLarge(limit);
    step.succeed({ user, context, multifactor: stringify(context.multifactor), left });
  } catch (error) {
    step.fail('error', error); // circular, a BigInt, or a getter that throws
  }
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {any} context */
function pick(context) {
  return Object.fromEntries(KEPT.map((key) => [key, context[key]]));
}
