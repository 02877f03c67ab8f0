function (user, context, callback) {
  var query = (context.request && context.request.query) || {};
  if ((query.acr_values || '').indexOf('multi-factor') !== -1) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);
}
