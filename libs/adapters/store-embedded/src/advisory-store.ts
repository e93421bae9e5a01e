import type { AdvisoryGroup, AdvisoryGroupKey, AdvisoryStore, RepositoryProducts } from '@clarion/model';

import { type StoreEnvironment, explain, read, settle, unpack } from './environment';
import { isReadable, keysBelow, recordKey } from './keys';
import { mentionStore } from './mention-store';
import { toGroupHash } from './records';
import { everyRecord } from './every-record';

/** Advisories of feeds about packages, by namespace and package, and about repositories. */
export function advisoryStore(env: StoreEnvironment): AdvisoryStore {
  return {
    ...mentionStore(env),
    groupHashes: (feed, document) => groupHashes(env, feed, document),
    advisories: (names) => settle(() => advisories(env, names)),
    packageNames: (namespace) => settle(() => packageNames(env, namespace)),
    groups: (feed, document) => groups(env, feed, document),
    allRepositories: () => allRepositories(env),
    repositories: (names) => settle(() => repositories(env, names)),
  };
}

async function* groupHashes(
  env: StoreEnvironment,
  feed: string,
  document: string,
): AsyncGenerator<readonly [AdvisoryGroupKey, string]> {
  // An open range keeps its snapshot, so that a commit of another process between two turns is not partially visible.
  try {
    env.db.resetReadTxn();
    for (const { key, value } of env.db.getRange(keysBelow('hash', feed, document))) {
      yield await Promise.resolve(toGroupHash(key, unpack(env, value)));
    }
  } catch (error) {
    throw explain(env, error);
  }
}

async function* groups(env: StoreEnvironment, feed: string, document: string): AsyncGenerator<AdvisoryGroup> {
  for await (const [{ namespace, package: name }] of groupHashes(env, feed, document)) {
    const stored = env.db.get(recordKey('advisories', namespace, name, feed, document));
    const group = unpack(env, stored) as AdvisoryGroup | undefined;
    // Removed by another process since the range was opened.
    if (group !== undefined) yield group;
  }
}

/**
 * Looks names up in key order: if a lookup returns a later key, no stored name lies in between. So names without
 * advisories, of which an image has many, cost a comparison instead of a lookup.
 */
function advisories(env: StoreEnvironment, names: readonly (readonly [string, string])[]): AdvisoryGroup[] {
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

/** Reads keys only, except for names that a key has a hash of. */
function packageNames(env: StoreEnvironment, namespace: string): readonly string[] {
  return read(env, (transaction) => {
    const names = new Set<string>();
    for (const key of env.db.getKeys({ ...keysBelow('advisories', namespace), transaction })) {
      const [, , name = ''] = key.split('\t');
      names.add(isReadable(name) ? name : (unpack(env, env.db.get(key, { transaction })) as AdvisoryGroup).package);
    }
    return [...names].sort();
  });
}

async function* allRepositories(env: StoreEnvironment): AsyncGenerator<RepositoryProducts> {
  for await (const { value } of everyRecord(env, 'repository')) yield unpack(env, value) as RepositoryProducts;
}

function repositories(env: StoreEnvironment, names: readonly string[]): RepositoryProducts[] {
  return read(env, (transaction) =>
    names.flatMap((name) => {
      const range = env.db.getRange({ ...keysBelow('repository', name), transaction });
      return Array.from(range, ({ value }) => unpack(env, value) as RepositoryProducts);
    }),
  );
}
