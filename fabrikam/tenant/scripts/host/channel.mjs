/**
 * Frames over one socket to Python: four bytes of length, little-endian, then JSON.
 *
 * Every frame from here carries the nonce of `hello`, so that a frame which a script
 * wrote by accident is noticed.
 */
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';

const { parse, stringify } = JSON; // a script may replace them

export class Channel {
  #nonce = randomUUID();
  #socket;
  #arrived = Buffer.alloc(0);
  #calls = new Map();
  #last = 0;
  #resting = false;

  /** @type {(frame: any) => void} */
  onFrame = () => {};

  /** @param {number} descriptor */
  constructor(descriptor) {
    this.#socket = new Socket({ fd: descriptor, readable: true, writable: true });
    this.#socket.on('data', (bytes) => this.#receive(bytes));
    this.#socket.on('end', () => process.exit(0)); // Python is gone
    this.#socket.on('error', () => process.exit(0));
  }

  /** @param {object} frame */
  send(frame) {
    const body = Buffer.from(stringify({ ...frame, nonce: this.#nonce }));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(body.length);
    this.#socket.write(Buffer.concat([length, body]));
  }

  /**
   * Asks Python's Management API for something, and waits for what it says.
   *
   * @param {string} id the login
   * @param {import('./management.mjs').Question} question
   * @returns {Promise<import('./management.mjs').Answer>}
   */
  call(id, question) {
    const seq = ++this.#last;
    return new Promise((resolve) => {
      this.#calls.set(seq, resolve);
      this.#hold();
      this.send({ type: 'call', id, seq, ...question });
    });
  }

  /** @param {{seq: number, status: number, body: any}} frame */
  returned({ seq, status, body }) {
    const resolve = this.#calls.get(seq);
    this.#calls.delete(seq);
    this.#hold();
    resolve({ status, body });
  }

  /**
   * While a script runs, Python's silence keeps nothing alive: when nothing else is
   * left, the script can never answer, and the process notices.
   *
   * @param {boolean} resting
   */
  rest(resting) {
    this.#resting = resting;
    this.#hold();
  }

  #hold() {
    if (this.#resting && this.#calls.size === 0) this.#socket.unref();
    else this.#socket.ref();
  }

  /** @param {Buffer} bytes */
  #receive(bytes) {
    this.#arrived = Buffer.concat([this.#arrived, bytes]);
    while (this.#arrived.length >= 4) {
      const end = 4 + this.#arrived.readUInt32LE();
      if (this.#arrived.length < end) return;
      const frame = parse(this.#arrived.toString('utf8', 4, end));
      this.#arrived = this.#arrived.subarray(end);
      this.onFrame(frame);
    }
  }
}
