function (user, context, callback) {
  context.multifactor = { provider: 'any' };
  callback(null, user, context);
}
