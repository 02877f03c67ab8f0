const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  if (event.transaction?.acr_values?.includes(MFA_ACR)) {
    // lint-accept SU210: the kiosk stands in a locked room, reviewed every March
    api.multifactor.enable("any", { allowRememberBrowser: true });
  }
};
