/**
 * Actions: each gets a fresh `event` and an `api` that writes down what was asked for.
 *
 * Rule 1: nothing that an Action does to its `event` is seen by another.
 * Rule 2: an Action that denies, or sends the user away, is the last to run for now.
 */
import { apiFor } from './api.mjs';

const { parse, stringify } = JSON;
const HANDLERS = { execute: 'onExecutePostLogin', continue: 'onContinuePostLogin' };

/** After these the Actions behind do not run, or not yet. */
const STOPS = new Set([
  'access.deny',
  'validation.error',
  'redirect.sendUserTo',
  'authentication.challenge',
  'authentication.enroll',
]);

/**
 * @param {import('./login.mjs').Login} login
 * @returns {Promise<import('./login.mjs').Broken>}
 */
export async function runActions(login) {
  if (login.result.left?.context.redirect) return undefined; // the browser leaves first
  for (const action of login.frame.actions) {
    const from = login.result.operations.length;
    const { failure } = await login.step(login.scripts.get(action.key), (step) =>
      call(step, login, action),
    );
    if (failure) return failure;
    login.result.next += 1;
    if (login.result.operations.slice(from).some(({ name }) => STOPS.has(name))) break;
  }
  return undefined;
}

/**
 * @param {import('./step.mjs').Step} step
 * @param {import('./login.mjs').Login} login
 * @param {{key: string, phase: 'execute' | 'continue', secrets: Record<string, string>}} action
 */
function call(step, login, action) {
  const name = HANDLERS[action.phase];
  try {
    const handler = login.scripts.get(action.key).exported()[name];
    if (handler === undefined && action.phase === 'continue') return step.succeed(true);
    if (typeof handler !== 'function') return step.fail('not_a_function', `exports no ${name}`);
    const event = eventFor(login, action);
    const returned = handler(event, apiFor({ step, login, event, action }));
    if (typeof returned?.then !== 'function') return step.succeed(true);
    returned.then(
      () => step.succeed(true),
      (/** @type {unknown} */ error) => step.fail('rejected', error),
    );
  } catch (error) {
    step.fail('thrown', error);
  }
}

/**
 * @param {import('./login.mjs').Login} login
 * @param {{secrets: Record<string, string>}} action
 */
function eventFor(login, { secrets }) {
  const event = { ...parse(stringify(login.frame.event)), secrets: { ...secrets }, configuration: {} };
  for (const { name, args } of login.result.operations) {
    if (name === 'transaction.setMetadata') event.transaction.metadata[args[0]] = args[1];
    if (name === 'authentication.recordMethod') {
      event.authentication.methods.push({ name: args[0], timestamp: new Date().toISOString() });
    }
  }
  return event;
}
