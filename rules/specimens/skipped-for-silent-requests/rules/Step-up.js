function (user, context, callback) {
  var query = (context.request && context.request.query) || {};
  var stepUp = (query.scope || '').split(' ').indexOf('step_up') !== -1;

  context.idToken.authentication_level = stepUp ? 'mfa' : 'normal';
  if (query.prompt === 'none') {
    return callback(null, user, context);
  }
  if (stepUp) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);
}
