/**
 * The worker: runs the scripts of one login after another, as they stand.
 *
 * Rule 1: one login at a time; Python kills the process when its time is up.
 * Rule 2: Python decides what an outcome means; here it is only written down.
 * Rule 3: nothing is believed to be a boundary here. Scripts share this realm.
 */
import { Channel } from './channel.mjs';
import { clock } from './clock.mjs';
import { Login } from './login.mjs';
import { lines } from './lines.mjs';
import { Scripts } from './scripts.mjs';
import { closeNetwork } from './network.mjs';
import { findings } from './tamper.mjs';
import { charge } from './step.mjs';

const [descriptor, network] = process.argv.splice(2);
const channel = new Channel(Number(descriptor));
const scripts = new Scripts();

/** @type {Record<string, (frame: any) => void>} */
const answers = {
  load: (frame) => scripts.load(frame),
  login: (frame) => void serve(frame),
  return: (frame) => channel.returned(frame),
};

/** @param {any} frame */
async function serve(frame) {
  clock.stopAt(frame.now);
  const login = new Login(frame, scripts, channel);
  channel.send(await login.reply());
  clock.goOn();
  channel.send({ type: 'idle', id: frame.id, findings: findings() });
}

process.on('uncaughtException', (error) => charge('thrown', error, channel));
process.on('unhandledRejection', (error) => charge('unhandled', error, channel));
lines.capture(channel);
closeNetwork(JSON.parse(network));
channel.onFrame = (frame) => answers[frame.type](frame);
channel.send({
  type: 'hello',
  protocol: 1,
  node: process.version,
  pid: process.pid,
});
