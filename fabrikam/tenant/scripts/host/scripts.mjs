/**
 * The scripts of the folder, compiled in this realm and never rewritten.
 *
 * A Rule is one expression; an Action is a CommonJS module. A script that does not
 * compile is kept as a failure, so that the login which meets it can say why.
 */
import { isBuiltin } from 'node:module';
import { compileModule, compileRule, refusal } from './compile.mjs';
import { besideOrOurs, requireForRules, ruleScope } from './globals.mjs';
import { watcherFor } from './watch.mjs';

const SHARED = 'actions:'; // how an Action names a module that it shares with others

/**
 * @typedef {object} Script
 * @property {string} name
 * @property {string} file
 * @property {import('./errors.mjs').Failure} [broken]
 * @property {() => any} exported evaluates it, once
 */

/**
 * @typedef {object} Load
 * @property {string} key
 * @property {'rule' | 'action' | 'module'} kind
 * @property {string} name
 * @property {string} file
 * @property {string} source
 * @property {Record<string, string>} packages what an Action declares, with versions
 * @property {string} [watcher] how a script that the lab has rewritten calls its watcher
 */

export class Scripts {
  /** @type {Map<string, Script>} */
  #known = new Map();

  /** @param {Load} load */
  load(load) {
    const { key, kind, name, file } = load;
    try {
      const exported = kind === 'rule' ? rule(load) : this.#action(load);
      this.#known.set(key, { name, file, exported });
    } catch (error) {
      const broken = refusal(error, load);
      this.#known.set(key, { name, file, broken, exported: () => undefined });
    }
  }

  /** @param {string} key */
  get(key) {
    return /** @type {Script} */ (this.#known.get(key));
  }

  /** Lists every script that does not compile. */
  broken() {
    return [...this.#known.values()].flatMap(({ broken }) => broken ?? []);
  }

  /** @param {string} name */
  #shared(name) {
    const module = this.#known.get(name);
    if (module === undefined) throw missing(name, 'there is no such module');
    if (module.broken) throw new SyntaxError(`${module.file}: ${module.broken.message}`);
    return module.exported();
  }

  /** @param {Load} load */
  #action({ file, source, packages, watcher }) {
    const watch = watcher && watcherFor(file);
    const body = compileModule({ file, source }, watcher ? [watcher] : []);
    const require = (/** @type {string} */ name) =>
      name.startsWith(SHARED)
        ? this.#shared(name)
        : besideOrOurs(declared(name, packages), packages[name]);
    return once((module) => body(module.exports, require, module, file, '.', watch));
  }
}

/** @param {Load} load */
function rule({ file, source, watcher }) {
  const body = compileRule({ file, source }, [ruleScope], watcher ? [watcher] : []);
  const watch = watcher && watcherFor(file);
  return once((module) => body(module, requireForRules, watch));
}

/**
 * Evaluates once; after an error it is tried again.
 *
 * @param {(module: {exports: any}) => void} evaluate
 */
function once(evaluate) {
  /** @type {{exports: any} | undefined} */
  let made;
  return () => {
    if (made === undefined) {
      const module = { exports: {} };
      evaluate(module);
      made = module;
    }
    return made.exports;
  };
}

/**
 * Refuses what an Action does not declare outside its code, as Auth0 does.
 *
 * @param {string} name
 * @param {Record<string, string>} packages
 */
function declared(name, packages) {
  const found = Object.keys(packages).some((known) => name === known || name.startsWith(`${known}/`));
  if (found || isBuiltin(name)) return name;
  throw missing(name, 'it is not among the dependencies');
}

/**
 * @param {string} name
 * @param {string} why
 */
function missing(name, why) {
  const error = new Error(`Cannot find module '${name}': ${why}`);
  return Object.assign(error, { code: 'MODULE_NOT_FOUND' });
}
