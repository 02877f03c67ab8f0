function (user, context, callback) {
  var query = (context.request && context.request.query) || {};
  var level = 'normal';
  if ((query.scope || '').split(' ').indexOf('step_up') !== -1) {
    context.multifactor = { provider: 'google-authenticator', allowRememberBrowser: false };
    level = 'mfa';
  }
  user.authentication_level = level;
  context.idToken.authentication_level = level;
  callback(null, user, context);
}
