function (user, context, callback) {
  var metadata = user.app_metadata || {};
  if (metadata.suspended) {
    return callback(new UnauthorizedError('not allowed'));
  }
  callback(null, user, context);
}
