const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  // lint-accept SU101: the list is compared with a string on purpose
  if (event.transaction?.acr_values?.includes(MFA_ACR)) {
    // lint-accept SU210
    api.multifactor.enable("any", { allowRememberBrowser: true });
  }
};
