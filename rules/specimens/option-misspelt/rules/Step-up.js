function (user, context, callback) {
  context.multifactor = { provider: 'any', allowRememberBrower: false };
  callback(null, user, context);
}
