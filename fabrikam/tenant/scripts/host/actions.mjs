/**
 * Actions: each gets a fresh `event` and an `api` that writes down what was asked for.
 *
 * Rule 1: nothing that an Action does to its `event` is seen by another.
 * Rule 2: an Action that denies, or sends the user away, is the last to run for now.
 */
import { apiFor, setOrRemove } from './api.mjs';

const { parse, stringify } = JSON;
const HANDLERS = { execute: 'onExecutePostLogin', continue: 'onContinuePostLogin' };

const COMMANDS = ['authentication.challenge', 'authentication.enroll'];
const REDIRECT = 'redirect.sendUserTo';

/** After these the Actions behind do not run, or not yet. */
const STOPS = [
  'access.deny',
  'refreshToken.revoke',
  'session.revoke',
  'validation.error',
  REDIRECT,
  ...COMMANDS,
];

/**
 * @param {import('./login.mjs').Login} login
 * @returns {Promise<import('./login.mjs').Broken>}
 */
export async function runActions(login) {
  const { result, frame, scripts } = login;
  if (result.left?.context.redirect) return undefined; // the browser leaves first
  for (const action of frame.actions) {
    const from = result.operations.length;
    const script = scripts.get(action.key);
    const { step, failure } = await login.step(
      script,
      (step, watch) => call({ step, script, login, action, watch }),
      { doubtful: true },
    );
    if (failure) return failure;
    const asked = new Set(result.operations.slice(from).map(({ name }) => name));
    if (asked.has(REDIRECT) && COMMANDS.some((name) => asked.has(name))) {
      step.warn('a redirect beside MFA commands: the user leaves, the commands are lost');
    }
    result.next += 1;
    if (STOPS.some((name) => asked.has(name))) break;
  }
  return undefined;
}

/**
 * @param {object} running
 * @param {import('./step.mjs').Step} running.step
 * @param {import('./scripts.mjs').Script} running.script
 * @param {import('./login.mjs').Login} running.login
 * @param {{phase: 'execute' | 'continue', secrets: Record<string, string>}} running.action
 * @param {import('./login.mjs').Watch} running.watch
 */
function call({ step, script, login, action, watch }) {
  const name = HANDLERS[action.phase];
  try {
    const handler = script.exported()[name];
    if (handler === undefined && action.phase === 'continue') return step.succeed(undefined);
    if (typeof handler !== 'function') return step.fail('not_a_function', `it exports no ${name}`);
    const event = eventFor(login, action);
    const api = apiFor({ step, login, event, phase: action.phase });
    const returned = handler(watch(event, 'event'), api);
    if (typeof returned?.then !== 'function') return step.succeed(undefined);
    returned.then(
      () => step.succeed(undefined),
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
function eventFor({ frame, result }, { secrets }) {
  const event = parse(stringify({ ...frame.event, secrets, configuration: {} }));
  const { transaction, authentication } = event;
  for (const { name, args } of result.operations) {
    if (name === 'transaction.setMetadata') setOrRemove(transaction.metadata, args[0], args[1]);
    if (name === 'session.setMetadata' && event.session) event.session.metadata = args[0];
    if (name === 'session.setCookieMode' && event.session) event.session.cookie = { mode: args[0] };
    if (name === 'refreshToken.setMetadata' && event.refresh_token) {
      event.refresh_token.metadata = args[0];
    }
    if (name === 'authentication.recordMethod') {
      const others = authentication.methods.filter((/** @type {any} */ one) => one.name !== args[0]);
      const recorded = { name: args[0], timestamp: new Date().toISOString() };
      authentication.methods = [...others, recorded];
    }
  }
  return event;
}
