exports.onExecutePostLogin = async (event, api) => {
  event.user.authentication_level = "normal";
  if (event.transaction?.requested_scopes?.includes("step_up")) {
    api.multifactor.enable("google-authenticator", {
      issuer: "Fabrikam Intranet",
      ignoreCookie: true,
    });
    event.user.authentication_level = "mfa";
  }
};
