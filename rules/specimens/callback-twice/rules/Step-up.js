function (user, context, callback) {
  if (!user.email_verified) callback(new UnauthorizedError('verify your address'));
  context.multifactor = { provider: 'any', allowRememberBrowser: false };
  callback(null, user, context);
}
