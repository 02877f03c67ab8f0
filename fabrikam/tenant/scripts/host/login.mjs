/** One login through the scripts: first the Rules, then the Actions. */
import { runActions } from './actions.mjs';
import { managementClient } from './management.mjs';
import { runRules } from './rules.mjs';
import { Step } from './step.mjs';
import { Trace } from './trace.mjs';
import { findings } from './tamper.mjs';
import { Watch } from './watch.mjs';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A failure and the script that it belongs to; undefined where all went well.
 *
 * @typedef {(import('./errors.mjs').Failure & {script: string}) | undefined} Broken
 */

/**
 * Gives a value as it is, or traced where a trace was asked for.
 *
 * @typedef {(value: any, path: string) => any} Watch
 */

export class Login {
  printed = 0; // characters, over all scripts
  asked = 0; // likewise

  /**
   * @param {any} frame
   * @param {import('./scripts.mjs').Scripts} scripts
   * @param {import('./channel.mjs').Channel} channel
   */
  constructor(frame, scripts, channel) {
    this.id = frame.id;
    this.frame = frame;
    this.scripts = scripts;
    this.channel = channel;
    this.configuration = frame.configuration;
    this.token = frame.auth0.accessToken;
    this.auth0 = managementClient(this);
    this.watch = frame.watch ? new Watch(frame.watch) : undefined;
    this.cache = new Map(Object.entries(frame.cache));
    this.result = {
      executed: /** @type {string[]} */ ([]),
      operations: [...frame.operations],
      next: frame.next,
      left: frame.left, // by the Rules
      multifactorBy: frame.multifactorBy,
      rulesRan: [...frame.rulesRan], // names and ids
    };
  }

  /** @param {import('./trace.mjs').Access} access */
  #note = (access) => this.channel.send({ type: 'access', id: this.id, ...access });

  /** Runs everything and says how it ended. */
  async reply() {
    const { id } = this;
    const failure = this.#uncompiled() ?? (await runRules(this)) ?? (await runActions(this));
    const cache = Object.fromEntries(this.cache);
    const reports = this.watch?.reports() ?? [];
    return { type: 'result', id, ...this.result, failure, cache, reports, findings: findings() };
  }

  /**
   * Runs one script to its answer.
   *
   * @param {import('./scripts.mjs').Script} script
   * @param {(step: Step, watch: Watch) => void} body
   * @param {{doubtful?: boolean}} [options]
   * @returns {Promise<{step: Step, answer: any, failure: Broken}>}
   */
  async step(script, body, { doubtful = false } = {}) {
    const step = new Step(this, script, this.channel, doubtful);
    const { watch } = this;
    const trace = this.frame.trace
      ? new Trace(script.name, this.#note, watch && ((path, value) => watch.noteRead(path, value)))
      : undefined;
    if (watch && trace) this.configuration = trace.of(this.frame.configuration, 'configuration');
    step.run(() => body(step, (value, path) => trace?.of(value, path) ?? value));
    const answer = await step.answer;
    await turn(); // what happens in the same turn still belongs to it
    step.close();
    const failure = step.failure && { ...step.failure, script: script.name };
    if (!failure) this.result.executed.push(script.name);
    return { step, answer, failure };
  }

  /**
   * Finds a script that does not compile, before any of them runs.
   *
   * @returns {Broken}
   */
  #uncompiled() {
    const { rules, actions } = this.frame;
    const script = [...rules, ...actions]
      .map(({ key }) => this.scripts.get(key))
      .find(({ broken }) => broken);
    return script?.broken && { ...script.broken, script: script.name };
  }
}
