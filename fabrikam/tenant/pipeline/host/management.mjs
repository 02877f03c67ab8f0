/** The `auth0` of a Rule: the two calls that may write a user, answered by Python. */

/** @param {import('./login.mjs').Login} login */
export function managementClient({ id, channel, frame: { auth0 } }) {
  const call =
    (/** @type {string} */ method) => (/** @type {string} */ user, /** @type {object} */ patch) =>
      channel.call(id, method, [user, patch]);
  return {
    ...auth0,
    users: {
      updateAppMetadata: call('update_app_metadata'),
      updateUserMetadata: call('update_user_metadata'),
    },
  };
}
