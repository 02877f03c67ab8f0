/**
 * Gates in the doors that Node's permissions leave open: the network, and signals.
 *
 * They keep honest scripts from reaching out of a test. They are no wall: a script that
 * wants to can go around them.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import os from 'node:os';

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
  closeNames(hosts);
  syncBuiltinESMExports(); // for scripts that import by name
}

/** @param {Set<string>} hosts those whose addresses may be asked for: a question is a message */
function closeNames(hosts) {
  /** @type {any[]} */
  const services = [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype];
  for (const service of services) {
    for (const name of Object.getOwnPropertyNames(service)) {
      if (NAME_SERVICE.test(name)) service[name] = refuse('a name server');
    }
  }
  const { lookup } = dns;
  const promised = dns.promises.lookup;
  /** @type {any} */ (dns).lookup = (/** @type {any[]} */ ...args) => {
    if (hosts.has(args[0])) return /** @type {Function} */ (lookup)(...args);
    process.nextTick(args[args.length - 1], refusal(args[0]));
    return {};
  };
  /** @type {any} */ (dns.promises).lookup = async (/** @type {any[]} */ ...args) => {
    if (hosts.has(args[0])) return /** @type {Function} */ (promised)(...args);
    throw refusal(args[0]);
  };
}

/** Lets a script signal and slow its own process, and no other: Python would be the next. */
export function keepSignals() {
  const kill = process.kill.bind(process);
  process.kill = (pid, signal) => {
    if (pid === process.pid) return kill(pid, signal);
    throw new Error(`a signal to process ${pid} is not allowed by this tenant`);
  };
  const { setPriority } = os;
  /** @type {any} */ (os).setPriority = (/** @type {number[]} */ ...args) => {
    const [pid] = args.length > 1 ? args : [0]; // without one it is our own
    if (pid === 0 || pid === process.pid) return /** @type {Function} */ (setPriority)(...args);
    throw new Error(`the priority of process ${pid} is not allowed by this tenant`);
  };
  syncBuiltinESMExports();
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
