const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

const CLIENTS_WITH_MFA = ["YOUR_CLIENT_ID"];

exports.onExecutePostLogin = async (event, api) => {
  if (!CLIENTS_WITH_MFA.includes(event.client.client_id)) return;
  if (event.transaction?.acr_values?.includes(MFA_ACR)) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
