/** What scripts print goes to Python line by line, but not for ever. */
import { format } from 'node:util';
import { current } from './step.mjs';

const MOST = 64 * 1024; // characters in one login
const LEVELS = /** @type {const} */ (['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir']);

/** @param {import('./channel.mjs').Channel} channel */
export function captureLines(channel) {
  const print = (/** @type {string} */ level, /** @type {string} */ text) => {
    const step = current();
    if (step !== undefined) send(channel, step, level, text);
  };
  for (const level of LEVELS) {
    console[level] = (/** @type {unknown[]} */ ...words) => print(level, format(...words));
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (/** @type {unknown} */ words) => {
      print('log', String(words).trimEnd());
      return true;
    };
  }
}

/**
 * @param {import('./channel.mjs').Channel} channel
 * @param {import('./step.mjs').Step} step
 * @param {string} level
 * @param {string} text
 */
function send(channel, { name: script, login }, level, text) {
  const left = MOST - login.printed;
  if (left < 0) return;
  login.printed += text.length + 1; // an empty line counts as well
  const shown = text.length <= left ? text : `${text.slice(0, left)} … the rest was cut off`;
  channel.send({ type: 'line', id: login.id, script, level, text: shown });
}
