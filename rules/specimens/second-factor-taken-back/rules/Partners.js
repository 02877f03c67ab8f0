function (user, context, callback) {
  if (context.connection === 'partners') {
    delete context.multifactor;
  }
  callback(null, user, context);
}
