/** What a script broke with, as plain text with the place in its file. */
import { inspect } from 'node:util';

const LONGEST = 2000;
const REQUIRE_STACK = /\nRequire stack:\n[^]*$/; // folders of this machine

Error.stackTraceLimit = 40; // below `require` lie ten frames of Node's own

/** What scripts left is more than the tenant carries. */
export class TooLarge extends Error {
  /** @param {number} limit */
  constructor(limit) {
    super(`the scripts left more than ${limit} characters`);
  }
}

/**
 * @typedef {object} Failure
 * @property {string} kind
 * @property {string} message
 * @property {string} [file]
 * @property {number} [line]
 * @property {number} [column]
 */

/**
 * @param {string} kind
 * @param {unknown} error
 * @param {string} file the script that was running
 * @returns {Failure}
 */
export function failure(kind, error, file) {
  const exact = error instanceof TooLarge ? 'too_large' : kind;
  return { kind: exact, message: message(error), file, ...place(stack(error), file) };
}

/** @param {unknown} error */
function message(error) {
  return text(error).replace(REQUIRE_STACK, '').slice(0, LONGEST);
}

/** @param {unknown} error */
function text(error) {
  if (typeof error === 'string') return error;
  try {
    return error instanceof Error ? String(error.message) : inspect(error, { depth: 1 });
  } catch {
    return 'an error that cannot be shown'; // its own getters throw
  }
}

/** @param {unknown} error */
function stack(error) {
  try {
    return error instanceof Error ? String(error.stack) : '';
  } catch {
    return '';
  }
}

/**
 * Finds the line: the caret of a syntax error, or the topmost frame in the file.
 *
 * @param {string} trace
 * @param {string} file
 */
function place(trace, file) {
  const rows = trace.split('\n');
  if (rows[0].startsWith(`${file}:`)) {
    const caret = rows.findIndex((row) => /^\s*\^+$/.test(row));
    const column = caret === -1 ? undefined : rows[caret].indexOf('^') + 1;
    return { line: Number(rows[0].slice(file.length + 1)), column };
  }
  const frame = rows.find((row) => row.includes(`${file}:`));
  if (frame === undefined) return {};
  const [line, column] = frame.slice(frame.indexOf(`${file}:`) + file.length + 1).split(':');
  return { line: Number(line), column: parseInt(column, 10) };
}
