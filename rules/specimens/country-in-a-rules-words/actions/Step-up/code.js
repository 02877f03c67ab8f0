exports.onExecutePostLogin = async (event, api) => {
  if (event.request.geoip.country_code !== "CH") {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
