exports.onExecutePostLogin = async (event, api) => {
  const stepUp = event.transaction?.requested_scopes?.includes("step_up");
  api.idToken.setCustomClaim("authentication_level", stepUp ? "mfa" : "normal");
};
