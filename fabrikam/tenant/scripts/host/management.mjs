/** The Management API, asked by scripts in Node's ways and answered by Python. */

/**
 * @typedef {object} Question
 * @property {string} method
 * @property {string[]} path behind `/api/v2`
 * @property {Record<string, string>} query
 * @property {unknown} body
 * @property {string} token
 *
 * @typedef {{status: number, body: any}} Answer
 */

const REFUSED = 400; // and above

/** What Auth0's clients throw where the Management API says no. */
class APIError extends Error {
  name = 'APIError';

  /** @param {Answer} answer */
  constructor({ status, body }) {
    super(body.message);
    this.statusCode = status;
    this.error = body.error;
    this.msg = body.message;
  }
}

/**
 * Asks on behalf of a login, and throws where the answer is no.
 *
 * @param {import('./login.mjs').Login} login
 * @param {Partial<Question>} question
 * @returns {Promise<Answer>}
 */
export async function managed(login, question) {
  const whole = { method: 'GET', path: [], query: {}, body: null, ...question };
  const answer = await login.channel.call(login.id, { token: login.token, ...whole });
  if (answer.status >= REFUSED) throw new APIError(answer);
  return answer;
}

/**
 * The `auth0` of a Rule, with the two calls that it has.
 *
 * @param {import('./login.mjs').Login} login
 */
export function managementClient(login) {
  const writes =
    (/** @type {string} */ name) => (/** @type {string} */ user, /** @type {object} */ patch) =>
      managed(login, { method: 'PATCH', path: ['users', `${user}`], body: { [name]: patch } })
        .then(({ body }) => body);
  return {
    ...login.frame.auth0,
    users: {
      updateAppMetadata: writes('app_metadata'),
      updateUserMetadata: writes('user_metadata'),
    },
  };
}
