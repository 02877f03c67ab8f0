/**
 * Asks for a second factor when the application asks for it by `acr_values`.
 *
 * The application trusts `amr`, which the tenant writes and no script can.
 */
const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  // An array, and not there in every flow. `event.request` would be another one
  // after a pause, and `prompt=none` is the caller's word: neither is asked.
  const asked = event.transaction?.acr_values ?? [];

  if (asked.includes(MFA_ACR)) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
