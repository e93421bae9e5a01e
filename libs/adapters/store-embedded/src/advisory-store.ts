import type {
  AdvisoryGroup,
  AdvisoryGroupKey,
  AdvisoryStore,
  RepositoryProducts,
  Vulnerability,
  VulnerabilityText,
} from '@clarion/model';

import { type Environment, explain, read, settle, unpack, write } from './environment';
import { commitFeeds, openFeedWriter } from './feed-writer';
import { keysBelow, recordKey } from './keys';
import { settleWrite } from './long-commits';
import { mentionStore } from './mention-store';
import { feedRecord, textKey, toFeedState, toGroupHash, toText } from './records';
import { scoreReader, textsOf } from './score-pages';
import { hasTexts, textReader } from './text-reader';

/** What feeds say, by namespace and package, and the state of the feeds. */
export function advisoryStore(env: Environment): AdvisoryStore {
  const { db } = env;
  return {
    ...mentionStore(env),
    feedStates: () =>
      settle(() =>
        read(env, (transaction) =>
          Array.from(db.getRange({ ...keysBelow('feed'), transaction }), ({ value }) => toFeedState(value)),
        ),
      ),
    putFeedState: (state) =>
      settleWrite(env, () => {
        const [key, record] = feedRecord(state);
        write(env, () => {
          db.putSync(key, record);
        });
      }),
    groupHashes: (feed, document) => groupHashes(env, feed, document),
    writeFeed: (feed) => settleWrite(env, () => openFeedWriter(env, feed)),
    advisories: (names) => settle(() => advisories(env, names)),
    groups: (feed, document) => groups(env, feed, document),
    vulnerability: (id) => settle(() => vulnerabilities(env, [id])[0]),
    vulnerabilities: (ids) => settle(() => vulnerabilities(env, ids)),
    texts: (feed) => texts(env, feed),
    commitFeeds: (updates) => commitFeeds(env, updates),
    allRepositories: () => allRepositories(env),
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
    for (const { key, value } of env.db.getRange(keysBelow('hash', feed, document))) {
      yield await Promise.resolve(toGroupHash(key, unpack(env, value)));
    }
  } catch (error) {
    throw explain(env, error);
  }
}

async function* groups(env: Environment, feed: string, document: string): AsyncGenerator<AdvisoryGroup> {
  for await (const [{ namespace, package: name }] of groupHashes(env, feed, document)) {
    const stored = env.db.get(recordKey('advisories', namespace, name, feed, document));
    const group = unpack(env, stored) as AdvisoryGroup | undefined;
    // Removed by another process since the range was opened.
    if (group !== undefined) yield group;
  }
}

/**
 * Asks in the order of the keys: a look for one name that finds the next one stored tells that there is nothing in between.
 * So names that nobody speaks of, however many an image holds, cost a comparison and no look of their own.
 */
function advisories(env: Environment, names: readonly (readonly [string, string])[]): AdvisoryGroup[] {
  const prefixes = names.map(([namespace, name]) => keysBelow('advisories', namespace, name).start);
  return read(env, (transaction) => {
    const found = new Map<string, AdvisoryGroup[]>();
    const { end } = keysBelow('advisories');
    let next = '';
    for (const prefix of [...prefixes].sort()) {
      if (next > prefix && !next.startsWith(prefix)) continue;
      const groups: AdvisoryGroup[] = [];
      next = end;
      for (const key of env.db.getKeys({ start: prefix, end, transaction })) {
        next = key;
        if (!key.startsWith(prefix)) break;
        groups.push(unpack(env, env.db.get(key, { transaction })) as AdvisoryGroup);
        next = end;
      }
      if (groups.length > 0) found.set(prefix, groups);
    }
    return prefixes.flatMap((prefix) => found.get(prefix) ?? []);
  });
}

function vulnerabilities(env: Environment, ids: readonly string[]): Vulnerability[] {
  return read(env, (transaction) => {
    const scoresOf = scoreReader(env, transaction);
    const textsOfId = textReader(env, transaction);
    return ids.flatMap((id) => {
      const texts = textsOfId(id);
      const scores = scoresOf(id).filter((score) => texts.every(({ feed }) => feed !== score.feed));
      const all = scores.length === 0 ? texts : [...texts, ...scores].sort((a, b) => (a.feed < b.feed ? -1 : 1));
      return all.length === 0 ? [] : [{ id, texts: all }];
    });
  });
}

async function* texts(env: Environment, feed: string | undefined): AsyncGenerator<VulnerabilityText> {
  for await (const { key, value } of everyRecord(env, 'text', ...(feed === undefined ? [] : [feed]))) {
    yield toText(key, unpack(env, value));
  }
  const described = new Map<string, boolean>();
  for await (const page of everyRecord(env, 'score')) {
    for (const text of textsOf(env, [page])) {
      if (feed !== undefined && text.feed !== feed) break;
      let isDescribed = described.get(text.feed);
      if (isDescribed === undefined) described.set(text.feed, (isDescribed = hasTexts(env, text.feed)));
      if (!isDescribed || !env.db.doesExist(textKey(text.id, text.feed))) yield text;
    }
  }
}

async function* allRepositories(env: Environment): AsyncGenerator<RepositoryProducts> {
  for await (const { value } of everyRecord(env, 'repository')) yield unpack(env, value) as RepositoryProducts;
}

/** All records of a kind, below some parts of their keys, in the order of their keys, of one snapshot. */
async function* everyRecord(
  env: Environment,
  kind: 'text' | 'score' | 'repository',
  ...parts: readonly string[]
): AsyncGenerator<{ key: string; value: unknown }> {
  try {
    env.db.resetReadTxn();
    for (const { key, value } of env.db.getRange(keysBelow(kind, ...parts))) {
      yield await Promise.resolve({ key, value });
    }
  } catch (error) {
    throw explain(env, error);
  }
}

function repositories(env: Environment, names: readonly string[]): RepositoryProducts[] {
  return read(env, (transaction) =>
    names.flatMap((name) => {
      const range = env.db.getRange({ ...keysBelow('repository', name), transaction });
      return Array.from(range, ({ value }) => unpack(env, value) as RepositoryProducts);
    }),
  );
}
