exports.onExecutePostLogin = async (event, api) => {
  if (event.transactaction.protocol === "oauth2-refresh-token") return;
  api.multifactor.enable("any", { allowRememberBrowser: false });
};
