/**
 * A store whose reads throw the reason of the signal once that aborts: what is computed from it ends with its next part,
 * as facts are read part by part.
 */
export function readsUntil<Store extends object>(signal: AbortSignal | undefined, store: Store): Store {
  if (signal === undefined) return store;
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        signal.throwIfAborted();
        return Reflect.apply(member, target, args);
      };
    },
  });
}
