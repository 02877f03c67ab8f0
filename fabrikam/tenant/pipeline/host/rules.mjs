/**
 * Rules: each gets the `user` and `context` that the one before it passed on.
 *
 * Rule 1: only `callback` ends a Rule, even an async one.
 * Rule 2: the first answer stands, and must be possible to write down.
 */
import { UnauthorizedError } from './globals.mjs';

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
  let { user, context } = login.frame;
  let last; // what the Rule before left, as JSON
  for (const { key, known } of login.frame.rules) {
    const script = login.scripts.get(key);
    const { answer, failure } = await login.step(script, (step) =>
      call(step, script, user, context),
    );
    if (failure) return failure;
    login.result.rulesRan.push(...known);
    ({ user, context } = answer);
    if (answer.multifactor !== last?.multifactor) login.result.multifactorBy = script.name;
    last = answer;
  }
  if (last) login.result.left = parse(last.left);
  if (login.frame.redirected) delete login.result.left?.context.redirect; // once is enough
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
    if (error instanceof UnauthorizedError) return step.fail('unauthorized', error);
    if (error) return step.fail('error', error);
    return answer(step, nextUser, nextContext);
  };
  try {
    const rule = script.exported();
    if (typeof rule !== 'function') return step.fail('not_a_function', 'not a function');
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
  try {
    const left = stringify({ user, context: pick(context) });
    const multifactor = stringify(context.multifactor);
    if (left.length > limit) step.fail('too_large', `left more than ${limit} characters`);
    else step.succeed({ user, context, multifactor, left });
  } catch (error) {
    step.fail('error', error); // circular, a BigInt, or a getter that throws
  }
}

/** @param {any} context */
function pick(context) {
  return Object.fromEntries(KEPT.map((key) => [key, context[key]]));
}
