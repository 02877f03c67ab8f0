function (user, context, callback) {
  callback(null, user, context);
  context.multifactor = { provider: 'any', allowRememberBrowser: false };
}
