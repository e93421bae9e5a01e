import type { AdvisoryGroup, AdvisoryGroupKey, AdvisoryStore } from '@clarion/model';
import { diffAdvisories } from './diff-advisories';
import type { AdvisoriesChanged } from './events';

/** A group that is about to be written (or removed, when `after` is absent). */
export interface GroupChange {
  readonly key: AdvisoryGroupKey;
  readonly after: AdvisoryGroup | undefined;
}

export interface ChangeCollector {
  add(change: GroupChange): Promise<void>;
  end(): Promise<readonly AdvisoriesChanged[]>;
}

const batch = 200;

/**
 * Reads the old statements of changed groups, which the store still shows while the new ones are staged, and keeps only
 * those that differ. Collects nothing on a first import: it notifies nobody.
 */
export function collectChanges(store: AdvisoryStore, firstImport: boolean): ChangeCollector {
  const waiting: GroupChange[] = [];
  const found: AdvisoriesChanged[] = [];
  async function flush(): Promise<void> {
    const changes = waiting.splice(0);
    if (changes.length === 0) return;
    const groups = await store.advisories(changes.map(({ key }) => [key.namespace, key.package] as const));
    for (const { key, after } of changes) {
      const change = diffAdvisories(
        groups.find((group) => isSame(group, key)),
        after,
      );
      if (change !== undefined) found.push(change);
    }
  }
  return {
    async add(change) {
      if (firstImport) return;
      waiting.push(change);
      if (waiting.length >= batch) await flush();
    },
    async end() {
      await flush();
      return found;
    },
  };
}

function isSame(group: AdvisoryGroup, key: AdvisoryGroupKey): boolean {
  return (
    group.feed === key.feed &&
    group.document === key.document &&
    group.namespace === key.namespace &&
    group.package === key.package
  );
}
