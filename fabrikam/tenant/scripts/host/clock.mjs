/**
 * The clock of a run: it stands still at the tenant's time, so that a script which
 * depends on the time can be tested.
 */
const RealDate = Date;
/** @type {number | null} */
let stoppedAt = null;

const now = () => stoppedAt ?? RealDate.now();

/** @type {DateConstructor} */
const TenantDate = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, args, maker) =>
    Reflect.construct(
      target,
      args.length === 0 ? [now()] : args,
      maker === TenantDate ? target : maker,
    ),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});
RealDate.prototype.constructor = TenantDate;
globalThis.Date = TenantDate;

export const clock = {
  now,
  /** @param {number} milliseconds */
  stopAt(milliseconds) {
    stoppedAt = milliseconds;
  },
  goOn() {
    stoppedAt = null;
  },
};
