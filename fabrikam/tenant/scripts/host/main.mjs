/**
 * The worker: runs the scripts of one login after another, as they stand.
 *
 * Rule 1: one login at a time; Python kills the process when its time is up.
 * Rule 2: Python decides what an outcome means; here it is only written down.
 * Rule 3: nothing here is a wall against malice: all scripts share this realm.
 */
import { Channel } from './channel.mjs';
import { clock } from './clock.mjs';
import { closeNetwork, keepSignals } from './gates.mjs';
import './reach.mjs';
import { Login } from './login.mjs';
import { captureLines } from './lines.mjs';
import { Scripts } from './scripts.mjs';
import { abandon, charge } from './step.mjs';

const [descriptor, network] = process.argv.splice(2);
const channel = new Channel(Number(descriptor));
const scripts = new Scripts();

/**
 * What Python may say, and what is done about it.
 *
 * @type {Record<string, (frame: any) => void>}
 */
const answers = {
  check: ({ id }) => channel.send({ type: 'result', id, broken: scripts.broken() }),
  load: (frame) => scripts.load(frame),
  login: (frame) => void serve(frame),
  ping: ({ id }) => channel.send({ type: 'pong', id }),
  return: (frame) => channel.returned(frame),
};

/** @param {any} frame */
async function serve(frame) {
  clock.stopAt(frame.now);
  const reply = await new Login(frame, scripts, channel).reply();
  clock.goOn();
  channel.send(reply);
}

process.on('uncaughtException', (error) => charge('thrown', error));
process.on('unhandledRejection', (error) => charge('unhandled', error));
process.on('beforeExit', () => abandon());
captureLines(channel);
closeNetwork(JSON.parse(network));
keepSignals();
channel.onFrame = (/** @type {any} */ frame) => answers[frame.type](frame);
channel.send({ type: 'hello', protocol: 1, node: process.version, pid: process.pid });
