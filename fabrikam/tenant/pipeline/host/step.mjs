/**
 * One script in one login: it is settled once, and whatever comes afterwards is told
 * as a warning.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { failure } from './errors.mjs';

/** @type {AsyncLocalStorage<Step>} */
const running = new AsyncLocalStorage();

export class Step {
  #settle;
  #settled = false;
  /** @type {import('./errors.mjs').Failure | undefined} */
  failure;

  /**
   * @param {{id: string, printed: number}} login
   * @param {{name: string, file: string}} script
   * @param {import('./channel.mjs').Channel} channel
   */
  constructor(login, script, channel) {
    this.login = login;
    this.name = script.name;
    this.file = script.file;
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
    this.channel.send({ type: 'step', id: this.login.id, script: this.name });
    running.run(this, script);
  }

  /** @param {unknown} answer */
  succeed(answer) {
    if (this.#settled) return this.warn('answered again; the first answer stands');
    this.#settled = true;
    this.#settle(answer);
  }

  /**
   * @param {string} kind
   * @param {unknown} error
   */
  fail(kind, error) {
    const found = failure(kind, error, this.file);
    if (this.#settled) return this.warn(`broke after its answer: ${found.message}`);
    this.failure = found;
    this.succeed(undefined);
  }

  /** @param {string} text */
  warn(text) {
    const { id } = this.login;
    this.channel.send({ type: 'line', id, script: this.name, level: 'warning', text });
  }
}

/** The step that the running code belongs to, even after it has ended. */
export const current = () => running.getStore();

/**
 * Charges an error that nobody caught to the script that caused it.
 *
 * @param {string} kind
 * @param {unknown} error
 */
export function charge(kind, error) {
  current()?.fail(kind, error);
}
