exports.onExecutePostLogin = async (event, api) => {
  const stepUp = event.transaction?.requested_scopes?.includes("step_up") ?? false;
  if (stepUp) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
    api.user.setAppMetadata("authentication_level", "mfa");
  }
  const stored = event.user.app_metadata.authentication_level;
  api.idToken.setCustomClaim("authentication_level", stored ?? "normal");
};
