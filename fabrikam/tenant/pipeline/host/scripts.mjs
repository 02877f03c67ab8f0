/**
 * The scripts of the folder, compiled in this realm and never rewritten.
 *
 * A Rule is one expression; an Action is a CommonJS module. A script that does not
 * compile is kept as a failure, so that the login which meets it can say why.
 */
import { createRequire } from 'node:module';
import { compileFunction, constants } from 'node:vm';
import { failure } from './errors.mjs';
import { ruleScope, requireForRules } from './globals.mjs';

const EXPRESSION = 'module.exports = ';
const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;

/**
 * @typedef {object} Script
 * @property {string} name
 * @property {string} file
 * @property {import('./errors.mjs').Failure} [broken]
 * @property {() => any} exported evaluates an Action once, a Rule each time it is new
 */

export class Scripts {
  /** @type {Map<string, Script>} */
  #known = new Map();

  /** @param {{key: string, kind: string, name: string, file: string, source: string}} frame */
  load({ key, kind, name, file, source }) {
    try {
      const exported = kind === 'rule' ? rule(file, source) : this.#action(file, source);
      this.#known.set(key, { name, file, exported });
      if (kind === 'module') this.#known.set(`actions:${name}`, this.get(key));
    } catch (error) {
      const broken = failure('compile', error, file);
      this.#known.set(key, { name, file, broken, exported: () => undefined });
    }
  }

  /** @param {string} key */
  get(key) {
    return /** @type {Script} */ (this.#known.get(key));
  }

  /**
   * @param {string} file
   * @param {string} source
   */
  #action(file, source) {
    const words = ['exports', 'require', 'module', '__filename', '__dirname'];
    const options = { filename: file, importModuleDynamically };
    const body = compileFunction(source, words, options);
    const beside = createRequire(`${process.cwd()}/package.json`);
    const require = (/** @type {string} */ name) =>
      this.#known.get(name)?.exported() ?? beside(name);
    return once(() => {
      const module = { exports: {} };
      body(module.exports, Object.assign(require, beside), module, file, '.');
      return module.exports;
    });
  }
}

/**
 * @param {string} file
 * @param {string} source
 */
function rule(file, source) {
  const options = {
    filename: file,
    columnOffset: -EXPRESSION.length,
    contextExtensions: [ruleScope],
    importModuleDynamically,
  };
  const body = compileFunction(EXPRESSION + source, ['module', 'require'], options);
  return once(() => {
    const module = { exports: undefined };
    body(module, requireForRules);
    return module.exports;
  });
}

/**
 * Evaluates once; after an error it is tried again.
 *
 * @param {() => any} evaluate
 */
function once(evaluate) {
  /** @type {{value: any} | undefined} */
  let made;
  return () => (made ??= { value: evaluate() }).value;
}
