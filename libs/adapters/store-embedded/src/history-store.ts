import type {
  AdvisoryChange,
  ChangesSince,
  FactChange,
  GroupChange,
  HistoryStore,
  RepositoryChange,
  TextChange,
} from '@clarion/model';

import { changedFactsOf } from './changed-facts';
import { read, settle, type StoreEnvironment } from './environment';
import { historyCounts } from './history-counts';
import { LogIteration } from './log-reader';
import { removedFeeds } from './removed-feeds';
import { revisionStore } from './revision-store';
import { textChanges } from './text-log';

const everything: ChangesSince = new Map();

/** The log of changes of facts, and the revisions of feeds. */
export function historyStore(env: StoreEnvironment): HistoryStore {
  return {
    ...revisionStore(env),
    removedFeeds: () => settle(() => removedFeeds(env)),
    historyFrom: () => settle(() => read(env, (transaction) => historyCounts(env, { transaction }).from)),
    historySize: () =>
      settle(() => {
        const { changes, bytes } = read(env, (transaction) => historyCounts(env, { transaction }));
        return { changes, bytes };
      }),
    packageChanges: (names, since, options) =>
      new LogIteration(env, since).changes('changed-package', names, options) as AsyncIterable<
        AdvisoryChange | GroupChange
      >,
    groupChanges: (namespace, since) =>
      new LogIteration(env, since).changes('changed-namespace', [[namespace]]) as AsyncIterable<GroupChange>,
    textChanges: (ids, since, { firstOnly = false } = {}) =>
      textChanges(env, new LogIteration(env, since), { ids, firstOnly }),
    repositoryChanges: (names, since) =>
      new LogIteration(env, since).changes(
        'changed-repository',
        names.map((name) => [name]),
      ) as AsyncIterable<RepositoryChange>,
    changedFacts: (updates, limit) => settle(() => changedFactsOf(env, updates, limit)),
    vulnerabilityChanges: (id, since = everything) => vulnerabilityChanges(env, id, since),
  };
}

async function* vulnerabilityChanges(
  env: StoreEnvironment,
  id: string,
  since: ChangesSince,
): AsyncGenerator<FactChange> {
  const iteration = new LogIteration(env, since);
  yield* iteration.changes('changed-vulnerability', [[id]]) as AsyncIterable<AdvisoryChange>;
  yield* textChanges(env, iteration, { ids: [id], firstOnly: false }) as AsyncIterable<TextChange>;
}
