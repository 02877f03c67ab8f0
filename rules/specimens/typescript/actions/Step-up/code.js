exports.onExecutePostLogin = async (event: Event, api: PostLoginAPI) => {
  if (event.transaction?.requested_scopes?.includes("step_up")) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
