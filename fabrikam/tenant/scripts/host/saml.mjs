/**
 * `api.samlResponse`: written down, and without effect, since no login here is SAML's.
 *
 * That is so at Auth0 as well where a login is not SAML's.
 */
import { asText } from './arguments.mjs';

const MOST_ATTRIBUTES = 500 * 1024;
const TEXT = [
  'setAudience', 'setAuthnContextClassRef', 'setCert', 'setDestination', 'setDigestAlgorithm',
  'setEncryptionAlgorithm', 'setEncryptionCert', 'setEncryptionPublicKey', 'setIssuer', 'setKey',
  'setNameIdentifierFormat', 'setRecipient', 'setRelayState', 'setSignatureAlgorithm',
  'setSigningCert',
];
const FLAGS = [
  'setCreateUpnClaim', 'setIncludeAttributeNameFormat', 'setMapIdentities',
  'setMapUnknownClaimsAsIs', 'setPassthroughClaimsWithNoMapping', 'setSignResponse',
  'setTypedAttributes',
];

/**
 * @param {import('./operations.mjs').Operations} operations
 * @param {(name: string, ...args: unknown[]) => any} ask
 * @param {() => any} api
 */
export function samlResponseFor(operations, ask, api) {
  const member = (/** @type {string} */ name, /** @type {(value: any) => unknown} */ checked) => [
    name,
    (/** @type {unknown} */ value) => ask(`samlResponse.${name}`, checked(value)),
  ];
  return {
    ...Object.fromEntries(TEXT.map((name) => member(name, (value) => asText(name, value)))),
    ...Object.fromEntries(FLAGS.map((name) => member(name, (value) => ofType(name, 'boolean', value)))),
    setAttribute: (/** @type {unknown} */ name, /** @type {unknown} */ value) => {
      const key = asText('attribute', name);
      operations.addPair('samlResponse.setAttribute', MOST_ATTRIBUTES, key, value ?? null);
      return api();
    },
    setLifetimeInSeconds: (/** @type {unknown} */ seconds) =>
      ask('samlResponse.setLifetimeInSeconds', ofType('lifetime', 'number', seconds)),
    setNameIdentifierProbes: (/** @type {unknown} */ probes) => {
      if (!Array.isArray(probes)) throw new TypeError('the probes are no list');
      return ask('samlResponse.setNameIdentifierProbes', probes.map((one) => asText('probe', one)));
    },
  };
}

/**
 * @param {string} what
 * @param {string} type
 * @param {unknown} value
 */
function ofType(what, type, value) {
  if (typeof value !== type) throw new TypeError(`${what} is no ${type}`);
  return value;
}
