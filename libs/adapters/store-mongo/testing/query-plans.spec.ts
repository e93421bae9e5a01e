import { faultsOf, queryPlanOf, seeksOf } from './query-plans';

// Answers of servers, without what is not read.
const scan = { stage: 'IXSCAN', indexName: 'name', isMultiKey: false };
const fetched = { stage: 'FETCH', inputStage: scan };
const statistics = { nReturned: 3, totalKeysExamined: 4, totalDocsExamined: 3 };

it.each<[string, object, readonly string[]]>([
  ['an index', fetched, ['FETCH', 'IXSCAN']],
  ['an index, by the newer engine', { queryPlan: fetched, slotBasedPlan: { stages: 'x' } }, ['FETCH', 'IXSCAN']],
  ['one document by its id', { stage: 'IDHACK' }, ['IDHACK']],
  ['one document by its id, in 8.0', { stage: 'EXPRESS_IXSCAN', indexName: '_id_' }, ['EXPRESS_IXSCAN']],
  [
    'a sort that merges',
    { stage: 'FETCH', inputStage: { stage: 'SORT_MERGE', inputStages: [scan, scan] } },
    ['FETCH', 'SORT_MERGE', 'IXSCAN'],
  ],
  [
    'shards',
    {
      stage: 'SHARD_MERGE',
      shards: [{ shardName: 'a', winningPlan: { stage: 'SHARDING_FILTER', inputStage: fetched } }],
    },
    ['SHARD_MERGE', 'SHARDING_FILTER', 'FETCH', 'IXSCAN'],
  ],
  [
    'shards, by the newer engine',
    { stage: 'SINGLE_SHARD', shards: [{ winningPlan: { queryPlan: { stage: 'COLLSCAN' } } }] },
    ['SINGLE_SHARD', 'COLLSCAN'],
  ],
])('the plan of %s', (_, winningPlan, stages) => {
  expect(queryPlanOf({ queryPlanner: { winningPlan }, executionStats: statistics })).toEqual({
    stages,
    ...{ returned: 3, keysExamined: 4, docsExamined: 3 },
  });
});

it.each([
  [['FETCH', 'IXSCAN'], 100, 201, 1, []],
  [['LIMIT', 'FETCH', 'IXSCAN'], 0, 2, 1, []],
  [['FETCH', 'IXSCAN'], 10, 500, 1, ['500 index entries for 10 documents']],
  [['FETCH', 'IXSCAN'], 10, 500, 300, []],
  [['SORT', 'FETCH', 'IXSCAN'], 10, 10, 1, ['SORT']],
  [['FETCH', 'SORT_MERGE', 'IXSCAN'], 10, 10, 1, []],
  [['COLLSCAN'], 10, 0, 1, ['COLLSCAN']],
])('%j with %d documents, %d index entries and %d seeks: %j', (stages, returned, keysExamined, seeks, faults) => {
  expect(faultsOf({ stages, returned, keysExamined, docsExamined: returned }, seeks)).toEqual(faults);
});

it.each([
  [{}, 1],
  [{ _id: 'a', told: null }, 1],
  [{ name: { $in: ['a', 'b', 'c'] }, _id: { $gt: 'x' } }, 3],
  [{ name: { $in: [] } }, 1],
])('%j has %d places', (filter, seeks) => {
  expect(seeksOf(filter)).toBe(seeks);
});
