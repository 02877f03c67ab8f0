exports.onExecutePostLogin = async (event, api) => {
  if (event.client.name !== "Fabrikam Payroll") {
    api.multifactor.enable("none");
  }
};
