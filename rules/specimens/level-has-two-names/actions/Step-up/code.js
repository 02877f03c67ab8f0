exports.onExecutePostLogin = async (event, api) => {
  const stepUp = event.transaction?.requested_scopes?.includes("step_up") ?? false;
  if (stepUp) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
  const level = stepUp ? "mfa" : "normal";
  api.idToken.setCustomClaim("https://fabrikam.example/authentication_level", level);
};
