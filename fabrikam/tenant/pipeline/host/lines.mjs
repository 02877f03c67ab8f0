/** What scripts print goes to Python line by line, and not on for ever. */
import { format } from 'node:util';
import { current } from './step.mjs';

const MOST = 64 * 1024;
const LEVELS = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'];

/** @param {import('./channel.mjs').Channel} channel */
function capture(channel) {
  for (const level of LEVELS) {
    console[level] = (/** @type {unknown[]} */ ...words) => print(channel, level, format(...words));
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (/** @type {any} */ words) => {
      print(channel, 'log', String(words).trimEnd());
      return true;
    };
  }
}

/**
 * @param {import('./channel.mjs').Channel} channel
 * @param {string} level
 * @param {string} text
 */
function print(channel, level, text) {
  const step = current();
  if (step === undefined || step.login.printed > MOST) return;
  step.login.printed += text.length;
  const whole = step.login.printed <= MOST;
  channel.send({
    type: 'line',
    id: step.login.id,
    script: step.name,
    level,
    text: whole ? text : `${text.slice(0, MOST)} … and more, which was cut off`,
  });
}

export const lines = { capture };
