exports.onExecutePostLogin = async (event, api) => {
  if (event.transaction?.requested_scopes?.includes("step_up")) {
    api.idToken.setCustomClaim("authentication_level", "normal");
    if (event.user.multifactor?.length > 0) {
      api.multifactor.enable("any", { allowRememberBrowser: false });
    }
  }
};
