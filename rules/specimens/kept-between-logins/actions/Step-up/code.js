const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";
const seen = new Set();

exports.onExecutePostLogin = async (event, api) => {
  const asked = event.transaction?.acr_values ?? [];

  if (asked.includes(MFA_ACR) && !seen.has(event.user.user_id)) {
    seen.add(event.user.user_id);
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
