const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  if (event.transaction?.protocol === "redirect-callback") {
    api.user.setAppMetadata("terms", "accepted");
  }
  if (event.transaction?.acr_values?.includes(MFA_ACR)) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
