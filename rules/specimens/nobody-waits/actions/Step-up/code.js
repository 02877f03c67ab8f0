exports.onExecutePostLogin = async (event, api) => {
  fetch("https://risk.fabrikam.example/score").then((response) => {
    if (response.status !== 200) api.multifactor.enable("any");
  });
};
