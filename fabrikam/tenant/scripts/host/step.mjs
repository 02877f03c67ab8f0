/**
 * One script in one login: it is settled once, and whatever comes afterwards is told
 * as a warning.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { failure } from './errors.mjs';

/** @type {AsyncLocalStorage<Step>} */
const running = new AsyncLocalStorage();

/** @type {Step | undefined} */
let open;

export class Step {
  #settle = (/** @type {unknown} */ _answer) => {};
  #settled = false;
  #closed = false;
  #doubtful;
  /** @type {import('./errors.mjs').Failure | undefined} */
  failure;

  /**
   * @param {import('./login.mjs').Login} login
   * @param {{name: string, file: string}} script
   * @param {import('./channel.mjs').Channel} channel
   * @param {boolean} doubtful whether an answer still falls by an error of the same turn:
   *   so for an Action, which answers by returning, not for a Rule, which calls back
   */
  constructor(login, { name, file }, channel, doubtful) {
    this.#doubtful = doubtful;
    this.login = login;
    this.name = name;
    this.file = file;
    this.channel = channel;
    /** @type {Promise<any>} */
    this.answer = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /**
   * Runs a script so that whatever it starts is charged to this step.
   *
   * @param {() => void} script
   */
  run(script) {
    const { name, file } = this;
    this.channel.send({ type: 'step', id: this.login.id, script: name, file });
    this.channel.rest(true);
    open = this;
    running.run(this, script);
  }

  /** Says that the script answered once more, if it has answered before. */
  again() {
    if (this.#settled) this.warn('answered again; the first answer stands');
    return this.#settled;
  }

  /** @param {unknown} answer */
  succeed(answer) {
    if (this.again()) return;
    this.#settled = true;
    this.channel.rest(false);
    this.#settle(answer);
  }

  /**
   * @param {string} kind
   * @param {unknown} error
   */
  fail(kind, error) {
    const found = failure(kind, error, this.file);
    if (!this.#settled || this.#doubtful) this.failure ??= found;
    if (!this.#settled) this.succeed(undefined);
    else if (!this.#doubtful) this.warn(`broke after its answer: ${found.message}`);
  }

  /** Ends the turn in which the script answered. */
  close() {
    this.#doubtful = false;
    this.#closed = true;
  }

  /**
   * Says that what a script asks for now comes too late, if it does.
   *
   * @param {string} what
   */
  tooLate(what) {
    if (this.#closed) this.warn(`${what} was called after it had answered: no effect`);
    return this.#closed;
  }

  /** @param {string} text */
  warn(text) {
    const { id } = this.login;
    this.channel.send({ type: 'line', id, script: this.name, level: 'warning', text });
  }
}

/** The step that the running code belongs to, even after the step has ended. */
export const current = () => running.getStore() ?? open;

/**
 * Charges an error that nobody caught to the script that caused it.
 *
 * @param {string} kind
 * @param {unknown} error
 */
export function charge(kind, error) {
  current()?.fail(kind, error);
}

/** Gives up on a script that has nothing left which could still answer. */
export function abandon() {
  open?.fail('timeout', 'it did not answer, and nothing is left that could');
}
