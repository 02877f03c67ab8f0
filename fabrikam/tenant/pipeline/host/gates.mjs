/**
 * Gates in the doors that Node's permissions leave open: the network, and signals.
 *
 * They keep honest scripts from reaching out of a test. They are no wall: a script that
 * wants to can go around them.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

const NAME_SERVICE = /^(?:lookupService|resolve.*|reverse)$/;

/** @param {boolean | string[]} allowed every host, none, or these */
export function closeNetwork(allowed) {
  if (allowed === true) return;
  const hosts = new Set(allowed || []);
  /** @type {Function} */
  const connect = net.Socket.prototype.connect;

  /** @this {any} @param {any[]} args */
  function gate(...args) {
    const host = destination(args);
    if (hosts.has(host)) return connect.apply(this, args);
    this.connecting = true; // http2 looks at it before the error arrives
    process.nextTick(() => this.destroy(refusal(host)));
    return this;
  }
  /** @type {any} */ (net.Socket.prototype).connect = gate;
  net.Server.prototype.listen = refuse('a listening socket');
  for (const name of ['bind', 'connect', 'send']) {
    /** @type {any} */ (dgram.Socket.prototype)[name] = refuse('a datagram');
  }
  for (const service of /** @type {any[]} */ ([dns, dns.promises])) {
    for (const name of Object.keys(service).filter((key) => NAME_SERVICE.test(key))) {
      service[name] = refuse('a name server');
    }
  }
}

/** Lets a script signal its own process, and no other: Python would be the next. */
export function keepSignals() {
  const kill = process.kill.bind(process);
  process.kill = (pid, signal) => {
    if (pid === process.pid) return kill(pid, signal);
    throw new Error(`a signal to process ${pid} is not allowed by this tenant`);
  };
}

/**
 * @param {any[]} args of `connect`, as a script gave them or as Node passes them on
 * @returns {string} a host, or the path of a local socket
 */
function destination(args) {
  const { _normalizeArgs: normalized } = /** @type {any} */ (net);
  const [{ host = 'localhost', path }] = Array.isArray(args[0]) ? args[0] : normalized(args);
  return path ?? host;
}

/** @param {string} host */
function refusal(host) {
  return new Error(
    `outgoing connection to ${host} is not allowed by this tenant; ` +
      'name the host in local-tenant.json to allow it',
  );
}

/** @param {string} what */
function refuse(what) {
  return () => {
    throw refusal(what);
  };
}
