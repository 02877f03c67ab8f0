function (user, context, callback) {
  if (!user.email_verified) return;
  context.multifactor = { provider: 'any', allowRememberBrowser: false };
  callback(null, user, context);
}
