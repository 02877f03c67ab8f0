function (user, context, callback) {
  var wanted = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
  var query = (context.request && context.request.query) || {};

  if (query.acr_values === wanted) {
    context.multifactor = { provider: 'guardian', allowRememberBrowser: false };
  }
  callback(null, user, context);
}
