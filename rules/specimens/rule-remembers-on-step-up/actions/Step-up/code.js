exports.onExecutePostLogin = async (event, api) => {
  const stepUp = event.transaction?.requested_scopes?.includes("step_up") ?? false;
  if (stepUp) {
    api.multifactor.enable("any", { allowRememberBrowser: true });
  }
  api.idToken.setCustomClaim("authentication_level", stepUp ? "mfa" : "normal");
};
