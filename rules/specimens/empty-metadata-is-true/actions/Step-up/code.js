exports.onExecutePostLogin = async (event, api) => {
  if (!event.user.app_metadata) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
