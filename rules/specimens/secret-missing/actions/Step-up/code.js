exports.onExecutePostLogin = async (event, api) => {
  const scopes = event.transaction?.requested_scopes ?? [];
  if (scopes.includes(event.secrets.STEP_UP_SCOPE)) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
