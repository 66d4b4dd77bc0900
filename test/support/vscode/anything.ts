/** Stands in for whatever of VS Code is called and does not matter here. */
export const anything: object = new Proxy(function () {}, {
  get: (_target, key) => (isOrdinary(key) ? anything : undefined),
  set: () => true,
  apply: () => anything,
  construct: () => anything,
});

/** A name that only our own code would ask for: not a promise's, not a module loader's. */
function isOrdinary(key: string | symbol): boolean {
  return typeof key === 'string' && key !== 'then' && key !== 'toJSON' && !key.startsWith('__');
}

/** These members, and `anything` for the rest. */
export function withRest<T extends object>(members: T): T {
  return new Proxy(members, {
    get: (target, key) =>
      key in target ? (Reflect.get(target, key) as unknown) : isOrdinary(key) ? anything : undefined,
  });
}
