/** What Actions ask for in one login, in order, with the limits on all of it together. */
import { TooLarge } from './errors.mjs';

const { parse, stringify } = JSON;

export class Operations {
  #login;
  #step;

  /** @param {import('./step.mjs').Step} step the Action that asks */
  constructor(step) {
    this.#login = step.login;
    this.#step = step;
  }

  /**
   * Adds an operation as it is now, whatever becomes of its arguments.
   *
   * @param {string} name
   * @param {unknown[]} args
   */
  add(name, ...args) {
    if (this.#step.tooLate(`api.${name}`)) return;
    const { limit } = this.#login.frame;
    const text = stringify({ name, args, by: this.#step.name });
    this.#login.asked += text.length;
    if (this.#login.asked > limit) throw new TooLarge(limit);
    this.#all.push(parse(text));
  }

  /**
   * Adds a pair, unless the pairs of this name grow too large together.
   *
   * @param {string} name
   * @param {number} most characters
   * @param {string} key
   * @param {unknown} value
   */
  addPair(name, most, key, value) {
    const pairs = new Map(this.#named(name).map(({ args: [known, before] }) => [known, before]));
    pairs.set(key, value);
    if (stringify([...pairs]).length > most) {
      throw new RangeError(`${name}: more than ${most} characters together`);
    }
    this.add(name, key, value);
  }

  /** @param {string[]} names */
  count(...names) {
    return names.flatMap((name) => this.#named(name)).length;
  }

  /** @returns {{name: string, args: any[], by: string}[]} */
  get #all() {
    return this.#login.result.operations;
  }

  /** @param {string} name */
  #named(name) {
    return this.#all.filter((operation) => operation.name === name);
  }
}
