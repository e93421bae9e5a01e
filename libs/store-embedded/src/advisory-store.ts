import type { AdvisoryGroup, AdvisoryGroupKey, AdvisoryStore, Vulnerability, VulnerabilityText } from '@clarion/model';

import { type Environment, explain, read, settle, write } from './environment';
import { openFeedWriter } from './feed-writer';
import { keysBelow } from './keys';
import { feedRecord, type HashRecord, toFeedState } from './records';

/** What feeds say, by namespace and package, and the state of the feeds. */
export function advisoryStore(env: Environment): AdvisoryStore {
  const { db } = env;
  return {
    feedStates: () =>
      settle(() =>
        read(env, (transaction) =>
          Array.from(db.getRange({ ...keysBelow('feed'), transaction }), ({ value }) => toFeedState(value)),
        ),
      ),
    putFeedState: (state) =>
      settle(() => {
        const [key, record] = feedRecord(state);
        write(env, () => {
          db.putSync(key, record);
        });
      }),
    groupHashes: (feed, document) => groupHashes(env, feed, document),
    writeFeed: (feed) => settle(() => openFeedWriter(env, feed)),
    advisories: (names) => settle(() => advisories(env, names)),
    vulnerability: (id) => settle(() => vulnerability(env, id)),
  };
}

async function* groupHashes(
  env: Environment,
  feed: string,
  document: string,
): AsyncGenerator<readonly [AdvisoryGroupKey, string]> {
  // An open range keeps its snapshot, so a commit of another process between two turns is not half seen.
  try {
    env.db.resetReadTxn();
    for (const { value } of env.db.getRange(keysBelow('hash', feed, document))) {
      const [namespace, name, , hash] = value as HashRecord;
      yield await Promise.resolve([{ namespace, package: name, feed, document }, hash] as const);
    }
  } catch (error) {
    throw explain(env, error);
  }
}

function advisories(env: Environment, names: readonly (readonly [string, string])[]): AdvisoryGroup[] {
  return read(env, (transaction) => {
    const groups: AdvisoryGroup[] = [];
    for (const [namespace, name] of names) {
      const range = env.db.getRange({ ...keysBelow('advisories', namespace, name), transaction });
      for (const { value } of range) groups.push(value as AdvisoryGroup);
    }
    return groups;
  });
}

function vulnerability(env: Environment, id: string): Vulnerability | undefined {
  return read(env, (transaction) => {
    const range = env.db.getRange({ ...keysBelow('text', id), transaction });
    const texts = Array.from(range, ({ value }) => value as VulnerabilityText);
    return texts.length === 0 ? undefined : { id, texts };
  });
}
