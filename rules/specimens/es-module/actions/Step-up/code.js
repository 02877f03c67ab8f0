export const onExecutePostLogin = async (event, api) => {
  if (event.transaction?.requested_scopes?.includes("step_up")) {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
