import type { Store } from '@clarion/model';

/** The real store with a log of every call that writes facts. */
export function watched(real: Store, writes: string[]): Store {
  return {
    ...real,
    async writeFeed(feed) {
      const writer = await real.writeFeed(feed);
      return {
        ...writer,
        put(group, hash) {
          writes.push(`put ${group.namespace} ${group.package}`);
          return writer.put(group, hash);
        },
        remove(key) {
          writes.push(`remove ${key.namespace} ${key.package}`);
          return writer.remove(key);
        },
        putText(text) {
          writes.push(`text ${text.id}`);
          return writer.putText(text);
        },
        commit(state) {
          writes.push('commit');
          return writer.commit(state);
        },
      };
    },
  };
}
