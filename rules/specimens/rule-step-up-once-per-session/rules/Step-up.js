function (user, context, callback) {
  var wanted = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
  var query = (context.request && context.request.query) || {};
  var methods = (context.authentication && context.authentication.methods) || [];
  var done = methods.some(function (method) { return method.name === 'mfa'; });

  if (query.acr_values === wanted && !done) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);
}
