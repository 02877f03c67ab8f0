const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  const asked = event.transaction?.acr_values ?? [];

  let place = 0;
  while (asked.length > 0) {
    if (asked[place] === MFA_ACR) {
      api.multifactor.enable("any", { allowRememberBrowser: false });
    }
    place = (place + 1) % asked.length;
  }
};
