async function (user, context) {
  context.multifactor = { provider: 'any', allowRememberBrowser: false };
}
