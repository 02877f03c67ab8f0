function (user, context, callback) {
  var request = context.request || {};
  var asked = (request.query || {}).scope || (request.body || {}).scope || '';

  user.authentication_level = 'normal';
  if (asked.split(' ').indexOf('step_up') !== -1) {
    context.multifactor = {
      provider: 'google-authenticator',
      issuer: 'Fabrikam Intranet',
      ignoreCookie: true
    };
    user.authentication_level = 'mfa';
  }
  callback(null, user, context);
}
