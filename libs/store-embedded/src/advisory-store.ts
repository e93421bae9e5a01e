import type {
  AdvisoryGroup,
  AdvisoryGroupKey,
  AdvisoryStore,
  RepositoryProducts,
  Vulnerability,
  VulnerabilityText,
} from '@clarion/model';

import { type Environment, explain, read, settle, write } from './environment';
import { commitFeeds, openFeedWriter } from './feed-writer';
import { keysBelow, recordKey } from './keys';
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
    groups: (feed, document) => groups(env, feed, document),
    vulnerability: (id) => settle(() => vulnerabilities(env, [id])[0]),
    vulnerabilities: (ids) => settle(() => vulnerabilities(env, ids)),
    texts: (feed) => texts(env, feed),
    commitFeeds: (updates) => commitFeeds(env, updates),
    allRepositories: () => everyRecord<RepositoryProducts>(env, 'repository'),
    repositories: (names) => settle(() => repositories(env, names)),
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

async function* groups(env: Environment, feed: string, document: string): AsyncGenerator<AdvisoryGroup> {
  for await (const [{ namespace, package: name }] of groupHashes(env, feed, document)) {
    const group = env.db.get(recordKey('advisories', namespace, name, feed, document)) as AdvisoryGroup | undefined;
    // Removed by another process since the range was opened.
    if (group !== undefined) yield group;
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

function vulnerabilities(env: Environment, ids: readonly string[]): Vulnerability[] {
  return read(env, (transaction) =>
    ids.flatMap((id) => {
      const range = env.db.getRange({ ...keysBelow('text', id), transaction });
      const texts = Array.from(range, ({ value }) => value as VulnerabilityText);
      return texts.length === 0 ? [] : [{ id, texts }];
    }),
  );
}

async function* texts(env: Environment, feed: string | undefined): AsyncGenerator<VulnerabilityText> {
  for await (const text of everyRecord<VulnerabilityText>(env, 'text')) {
    if (feed === undefined || text.feed === feed) yield text;
  }
}

/** All records of a kind in the order of their keys, of one snapshot. */
async function* everyRecord<T>(env: Environment, kind: 'text' | 'repository'): AsyncGenerator<T> {
  try {
    env.db.resetReadTxn();
    for (const { value } of env.db.getRange(keysBelow(kind))) yield await Promise.resolve(value as T);
  } catch (error) {
    throw explain(env, error);
  }
}

function repositories(env: Environment, names: readonly string[]): RepositoryProducts[] {
  return read(env, (transaction) =>
    names.flatMap((name) => {
      const range = env.db.getRange({ ...keysBelow('repository', name), transaction });
      return Array.from(range, ({ value }) => value as RepositoryProducts);
    }),
  );
}
