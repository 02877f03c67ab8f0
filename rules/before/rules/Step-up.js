/**
 * Asks for a second factor when the application asks for the scope `step_up`,
 * and writes down which level of authentication that makes.
 *
 * The level is set before the second factor is shown.  It may be believed all the
 * same, because no token is issued when the factor is not passed.
 */
function stepUp(user, context, callback) {
  var request = context.request || {};
  var query = request.query || {}; // empty at the token endpoint
  var body = request.body || {}; // where a refresh names its scope
  var words = String(query.scope || body.scope || '').split(' ');
  var level = 'normal';

  if (words.indexOf('step_up') !== -1) {
    context.multifactor = {
      provider: 'google-authenticator',
      issuer: 'Fabrikam Intranet',
      allowRememberBrowser: false // a remembered browser is not a second factor
    };
    level = 'mfa';
  }

  user.authentication_level = level; // reaches /userinfo, in the legacy pipeline only
  context.idToken.authentication_level = level; // reaches the ID token in both
  callback(null, user, context);
}
