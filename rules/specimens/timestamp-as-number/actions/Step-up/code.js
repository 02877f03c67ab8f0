exports.onExecutePostLogin = async (event, api) => {
  const methods = event.authentication?.methods ?? [];
  const fresh = methods.some(
    (one) => one.name === "mfa" && Date.now() - one.timestamp < 300000,
  );
  if (!fresh) api.multifactor.enable("any", { allowRememberBrowser: false });
};
