import type { Document } from 'mongodb';

/** What a server did for a query. */
export interface QueryPlan {
  /** The kinds of its stages, from the outermost one. */
  readonly stages: readonly string[];
  readonly returned: number;
  readonly keysExamined: number;
  readonly docsExamined: number;
}

/**
 * The plan in the answer of `explain` with execution statistics: of a server of any version (5 to 8), with either of its
 * engines, or of the shards behind a router.
 */
export function queryPlanOf(explained: Document): QueryPlan {
  const planner = (explained['queryPlanner'] ?? {}) as Document;
  const execution = (explained['executionStats'] ?? {}) as Document;
  return {
    stages: [...new Set(stagesIn(planner['winningPlan']))],
    returned: Number(execution['nReturned']),
    keysExamined: Number(execution['totalKeysExamined']),
    docsExamined: Number(execution['totalDocsExamined']),
  };
}

/** Members in which plans are nested. */
const nested = ['queryPlan', 'winningPlan', 'inputStage', 'inputStages', 'shards', 'outerStage', 'innerStage'] as const;

function stagesIn(plan: unknown): readonly string[] {
  if (Array.isArray(plan)) return plan.flatMap(stagesIn);
  if (typeof plan !== 'object' || plan === null) return [];
  const { stage, ...rest } = plan as Document;
  return [...(typeof stage === 'string' ? [stage] : []), ...nested.flatMap((name) => stagesIn(rest[name]))];
}

/**
 * What is wrong with a plan: it walks the collection, sorts in memory, or examines more than twice as many index entries
 * as it returns, beside one for each interval (`seeks`: values that are looked up, and the end of each).
 */
export function faultsOf({ stages, returned, keysExamined }: QueryPlan, seeks: number): readonly string[] {
  const faults = ['COLLSCAN', 'SORT', 'SORT_KEY_GENERATOR'].filter((stage) => stages.includes(stage));
  const most = 2 * returned + 2 * seeks + 1;
  return keysExamined > most ? [...faults, `${keysExamined} index entries for ${returned} documents`] : faults;
}

/** In how many places of an index the values of a filter are. */
export function seeksOf(filter: Document): number {
  return Object.values(filter).reduce<number>((product, value) => {
    const values = (value as { readonly $in?: readonly unknown[] } | null)?.$in;
    return product * Math.max(1, values?.length ?? 1);
  }, 1);
}
