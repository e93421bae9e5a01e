import type { CommittedRevision, LoggedChange, Store } from '@clarion/model';

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
        commit(state, revision) {
          writes.push('commit');
          return writer.commit(state, revision);
        },
      };
    },
  };
}

/** What commits of updates added to the history. */
export interface CommittedHistory {
  /** Changes of the last committed update. */
  readonly changes: LoggedChange[];
  /** Revisions of all, the last one last; undefined for a commit without one. */
  readonly revisions: (CommittedRevision | undefined)[];
}

/** The real store, of which all that becomes history is seen. */
export function withHistory<Real extends Pick<Store, 'writeFeed'>>(
  real: Real,
): { readonly store: Real; readonly history: CommittedHistory } {
  const history: CommittedHistory = { changes: [], revisions: [] };
  const store = {
    ...real,
    async writeFeed(feed: string) {
      const writer = await real.writeFeed(feed);
      const staged: LoggedChange[] = [];
      return {
        ...writer,
        putChange(change: LoggedChange) {
          staged.push(change);
          return writer.putChange(change);
        },
        async commit(state, revision) {
          await writer.commit(state, revision);
          history.changes.splice(0, Infinity, ...staged);
          history.revisions.push(revision);
        },
      } satisfies Awaited<ReturnType<Store['writeFeed']>>;
    },
  };
  return { store, history };
}
