function (user, context, callback) {
  var query = (context.request && context.request.query) || {};
  if ((query.scope || '').split(' ').indexOf(configuration.STEP_UP_SCOPE) !== -1) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);
}
