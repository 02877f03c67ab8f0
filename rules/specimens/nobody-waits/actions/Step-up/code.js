async function score(ip) {
  await new Promise((resolve) => setTimeout(resolve, 5)); // a service, far away
  return ip.startsWith("10.") ? 0 : 5;
}

exports.onExecutePostLogin = async (event, api) => {
  score(event.request.ip).then((risk) => {
    if (risk > 3) api.multifactor.enable("any", { allowRememberBrowser: false });
  });
};
