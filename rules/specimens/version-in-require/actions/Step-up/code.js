const ipaddr = require("ipaddr.js@1.9.0");

exports.onExecutePostLogin = async (event, api) => {
  if (ipaddr.parse(event.request.ip).range() !== "private") {
    api.multifactor.enable("any", { allowRememberBrowser: false });
  }
};
