const MFA_ACR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

exports.onExecutePostLogin = async (event, api) => {
  if (!event.transaction?.acr_values?.includes(MFA_ACR)) return;
  const factors = event.user.enrolledFactors ?? [];
  if (factors.some((factor) => factor.type === "otp")) {
    api.authentication.challengeWith({ type: "otp" });
  } else {
    api.authentication.enrollWith({ type: "otp" });
  }
};
