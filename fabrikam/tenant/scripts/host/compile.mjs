/**
 * How the text of a script becomes a function: for the worker that runs it, and for
 * whoever only asks whether it loads.
 *
 * A Rule is one expression; an Action, and a module that Actions share, is a CommonJS
 * module.
 */
import { compileFunction, constants } from 'node:vm';
import { failure } from './errors.mjs';

const EXPRESSION = 'module.exports = ';
const RULE_NAMES = ['module', 'require'];
const MODULE_NAMES = ['exports', 'require', 'module', '__filename', '__dirname'];
const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;

/**
 * @typedef {object} Text
 * @property {string} file
 * @property {string} source
 */

/**
 * @param {Text} text
 * @param {object[]} [around] objects whose members the Rule finds as globals
 * @param {string[]} [more] names that it is given on top
 * @returns {Function}
 */
export function compileRule({ file, source }, around = [], more = []) {
  return compileFunction(EXPRESSION + source, [...RULE_NAMES, ...more], {
    filename: file,
    columnOffset: -EXPRESSION.length,
    contextExtensions: around,
    importModuleDynamically,
  });
}

/**
 * @param {Text} text
 * @param {string[]} [more] names that it is given on top
 * @returns {Function}
 */
export function compileModule({ file, source }, more = []) {
  const names = [...MODULE_NAMES, ...more];
  return compileFunction(source, names, { filename: file, importModuleDynamically });
}

/**
 * What V8 says of a script that it does not compile, and where in the file.
 *
 * @param {unknown} error
 * @param {{kind: string, file: string}} script
 * @returns {import('./errors.mjs').Failure}
 */
export function refusal(error, { kind, file }) {
  const said = failure('compile', error, file);
  if (kind !== 'rule' || said.line !== 1 || said.column === undefined) return said;
  return { ...said, column: Math.max(1, said.column - EXPRESSION.length) };
}
