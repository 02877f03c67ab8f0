/**
 * The gate before the network: shut unless the folder opens it.
 *
 * It keeps honest scripts from reaching out of a test. It is no wall: a script that
 * wants to can go around it.
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

/** @param {boolean | string[]} allowed every host, none, or these */
export function closeNetwork(allowed) {
  if (allowed === true) return;
  const hosts = new Set(allowed || []);
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...args) {
    const host = destination(args);
    if (hosts.has(host)) return connect.apply(this, args);
    this.connecting = true; // http2 looks at it before the error arrives
    process.nextTick(() => this.destroy(refusal(host)));
    return this;
  };
  net.Server.prototype.listen = refuse('a listening socket');
  for (const name of ['bind', 'connect', 'send']) {
    dgram.Socket.prototype[name] = refuse('a datagram');
  }
  for (const door of [dns, dns.promises]) {
    for (const name of Object.keys(door).filter((word) => /^resolve|^reverse|^lookupS/.test(word))) {
      door[name] = refuse('a name server');
    }
  }
}

/**
 * @param {any[]} args of `connect`, as a script gave them or as Node passes them on
 * @returns {string} a host, or the path of a local socket
 */
function destination(args) {
  const [{ host = 'localhost', path }] = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
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
