exports.onExecutePostLogin = async (event, api) => {
  if (event.user.app_metadata.terms !== "accepted" && api.redirect.canRedirect()) {
    api.redirect.sendUserTo("https://fabrikam.example/terms");
  }
};

exports.onContinuePostLogin = async (event, api) => {
  api.user.setAppMetadata("terms", "accepted");
};
