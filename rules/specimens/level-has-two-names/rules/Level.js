function (user, context, callback) {
  context.idToken.authentication_level = 'normal';
  callback(null, user, context);
}
