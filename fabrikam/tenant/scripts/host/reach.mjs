/**
 * Requests of scripts to the tenant itself are answered here, and never leave.
 *
 * That is the Management API under `/api/v2/` and the token endpoint for machines, on
 * the tenant's own host and on every host of `auth0.com`: a script that is tried out
 * must not write to the users of the real tenant. `http`, `https` and `fetch` are the
 * ways out that all the usual packages take.
 */
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { duplexPair } from 'node:stream';
import { urlToHttpOptions } from 'node:url';
import { current } from './step.mjs';

const AUTH0 = /(?:^|\.)auth0\.com$/;
const API = '/api/v2/';
const TOKEN = '/oauth/token';
const MACHINE = { access_token: 'local-client', token_type: 'Bearer', expires_in: 86_400 };
const SOCKET_ONLY = ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'];

/** A server that listens nowhere. */
const server = http.createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const { step } = /** @type {any} */ (request.socket);
  const { method = 'GET', url = '', headers } = request;
  const text = Buffer.concat(pieces).toString();
  const { status, body } = await answer(step, { method, url, text, bearer: headers.authorization });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(body === null ? undefined : JSON.stringify(body));
});

class InProcess extends http.Agent {
  createConnection() {
    const [ours, theirs] = duplexPair();
    for (const end of /** @type {any[]} */ ([ours, theirs])) {
      for (const name of SOCKET_ONLY) end[name] ??= () => end; // packages set them
    }
    Object.assign(theirs, { step: current() });
    server.emit('connection', theirs);
    return ours;
  }
}

const agent = new InProcess();
const send = http.request;
const fetchElsewhere = globalThis.fetch;

for (const module of [http, https]) {
  const elsewhere = module.request;
  const protocol = module === http ? 'http:' : 'https:';
  module.request = (/** @type {any[]} */ ...args) => {
    const [options, callback] = parted(args);
    if (!isTenant(protocol, options)) return elsewhere(.../** @type {[any]} */ (args));
    return send({ ...options, agent, protocol: 'http:', createConnection: undefined }, callback);
  };
  module.get = (/** @type {any[]} */ ...args) => {
    const request = module.request(.../** @type {[any]} */ (args));
    request.end();
    return request;
  };
}
syncBuiltinESMExports();
globalThis.fetch = fetchNear; // before `tamper` remembers what is there

/**
 * @param {any} input
 * @param {any} [init]
 */
async function fetchNear(input, init) {
  const address = String(input?.url ?? input);
  if (!URL.canParse(address) || !isTenant('', urlToHttpOptions(new URL(address)))) {
    return fetchElsewhere(input, init);
  }
  const request = new Request(input, init);
  const { pathname, search } = new URL(request.url);
  const { status, body } = await answer(current(), {
    method: request.method,
    url: pathname + search,
    text: await request.text(),
    bearer: request.headers.get('authorization') ?? undefined,
  });
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return new Response(body === null ? null : JSON.stringify(body), { status, headers });
}

/**
 * @param {import('./step.mjs').Step | undefined} step
 * @param {{method: string, url: string, text: string, bearer?: string}} asked
 * @returns {Promise<import('./management.mjs').Answer>}
 */
async function answer(step, { method, url, text, bearer = '' }) {
  if (url === TOKEN) return { status: 200, body: MACHINE };
  if (step === undefined) return { status: 503, body: { message: 'no login is under way' } };
  const { pathname, searchParams } = new URL(url, 'http://tenant');
  try {
    return await step.login.channel.call(step.login.id, {
      method,
      path: pathname.slice(API.length).split('/').map(decodeURIComponent),
      query: Object.fromEntries(searchParams),
      body: text === '' ? null : JSON.parse(text),
      token: bearer.replace(/^Bearer\s+/i, ''),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    return { status: 400, body: { statusCode: 400, error: 'Bad Request', message } };
  }
}

/**
 * @param {any[]} args as `http.request` takes them
 * @returns {[any, any]} one object, and the callback
 */
function parted([first, second, third]) {
  if (typeof first !== 'string' && !(first instanceof URL)) return [{ ...first }, second];
  const address = urlToHttpOptions(new URL(first));
  if (typeof second === 'function') return [address, second];
  return [{ ...address, ...second }, third];
}

/**
 * @param {string} protocol
 * @param {any} options
 */
function isTenant(protocol, options) {
  const path = options.path ?? '/';
  if (!path.startsWith(API) && path !== TOKEN) return false;
  const host = String(options.hostname ?? options.host ?? 'localhost').replace(/:\d+$/, '');
  if (AUTH0.test(host)) return true;
  const own = current()?.login.frame.auth0.baseUrl;
  if (!own || new URL(own).hostname !== host) return false;
  const port = String(options.port ?? '');
  const usual = { 'http:': '80', 'https:': '443' }[String(options.protocol ?? protocol)];
  return ['', usual, new URL(own).port].includes(port);
}
