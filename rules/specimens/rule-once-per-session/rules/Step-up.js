function (user, context, callback) {
  var methods = (context.authentication && context.authentication.methods) || [];
  var done = methods.some(function (method) { return method.name === 'mfa'; });

  if (!done) {
    context.multifactor = { provider: 'any', allowRememberBrowser: false };
  }
  callback(null, user, context);
}
