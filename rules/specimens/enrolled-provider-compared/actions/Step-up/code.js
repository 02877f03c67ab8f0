const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  if (!event.transaction?.acr_values?.includes(MFA_ACR)) return;
  if (event.user.multifactor?.includes("google-authenticator")) {
    api.multifactor.enable("google-authenticator", { allowRememberBrowser: false });
  }
};
