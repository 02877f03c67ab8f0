const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  const asked = event.transaction?.acr_values ?? [];
  const done = event.authentication?.methods?.some((one) => one.name === "mfa");
  if (asked.includes(MFA_ACR) && !done) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
