/** What Auth0's `api` has and this tenant has not: it throws, and never does nothing. */

/** @type {Record<string, string[]>} */
const MEMBERS = {
  groups: ['getUserGroups', 'hasGroupMembership'],
  prompt: ['render'],
  roles: ['getUserEffectiveRoles', 'getUserEffectiveRolesByIds', 'getUserEffectiveRolesByNames'],
};

/**
 * @param {Record<string, any>} api
 * @returns {Record<string, any>} the same, with members that throw
 */
export function withUnsupported(api) {
  for (const [group, names] of Object.entries(MEMBERS)) {
    const members = names.map((name) => [name, unsupported(`api.${group}.${name}`)]);
    api[group] = { ...api[group], ...Object.fromEntries(members) };
  }
  return api;
}

/** @param {string} member */
function unsupported(member) {
  return () => {
    throw new Error(`${member} is not supported by the local tenant`);
  };
}
