function (user, context, callback) {
  var query = (context.request && context.request.query) || {};
  var level = 'normal';
  if ((query.scope || '').indexOf('step_up') !== -1) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
    level = 'mfa';
  }
  context.idToken.authentication_level = level;
  callback(null, user, context);
}
