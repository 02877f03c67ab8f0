function (user, context, callback) {
  context.multifator = { provider: 'any', allowRememberBrowser: false };
  callback(null, user, context);
}
