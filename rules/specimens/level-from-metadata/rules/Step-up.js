function (user, context, callback) {
  var asked = (context.request && context.request.query && context.request.query.scope) || '';

  if (asked.split(' ').indexOf('step_up') !== -1) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  context.idToken.authentication_level =
    user.app_metadata && user.app_metadata.authentication_level;
  callback(null, user, context);
}
