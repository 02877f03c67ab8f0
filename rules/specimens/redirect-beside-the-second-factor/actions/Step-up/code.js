const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  if (!event.transaction?.acr_values?.includes(MFA_ACR)) return;
  api.multifactor.enable("any", { allowRememberBrowser: false });
  if (event.user.app_metadata.terms !== "accepted") {
    api.redirect.sendUserTo("https://fabrikam.example/terms");
  }
};

exports.onContinuePostLogin = async (event, api) => {
  api.user.setAppMetadata("terms", "accepted");
};
