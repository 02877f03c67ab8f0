exports.onExecutePostLogin = async (event, api) => {
  const methods = event.authentication?.methods ?? [];
  if (!methods.some((method) => method.name === "mfa")) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
