const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  const asked = event.transaction?.acr_values ?? [];
  if (asked.indexOf(MFA_ACR)) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
