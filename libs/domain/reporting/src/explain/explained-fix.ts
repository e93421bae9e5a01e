import {
  type Decision,
  decideFlaw,
  type EvaluatedAdvisory,
  fixOfAll,
  type FlawCluster,
  nearestFix,
} from '@clarion/matching';
import type { Finding, PlacedFeature } from '@clarion/model';
import { remedyOf } from '../findings/remedy';

/** All advisories about one flaw, and what they decide together. */
export interface DecidedCluster {
  readonly cluster: FlawCluster<EvaluatedAdvisory>;
  readonly decision: Decision;
}

export function decidedCluster(cluster: FlawCluster<EvaluatedAdvisory>): DecidedCluster {
  return { cluster, decision: decideFlaw(cluster.members) };
}

/** What to do about a flaw of a package with flaws `all`, as its finding says. */
export function fixesOf(
  feature: PlacedFeature,
  { cluster, decision }: DecidedCluster,
  all: readonly DecidedCluster[],
): Pick<Finding, 'nearestFix' | 'fixesAll' | 'remedy'> {
  if (decision.kind !== 'vulnerable') return {};
  const { fixedIn, flawKind } = decision.flaw;
  const nearest = nearestFix(cluster.members, decision.flaw);
  const found = {
    fixedIn,
    ...(nearest === undefined ? {} : { nearestFix: nearest }),
    ...(flawKind === undefined ? {} : { kind: flawKind }),
  };
  const remedy = remedyOf(feature, found);
  const flaws = all.flatMap((one) =>
    one.decision.kind === 'vulnerable' ? [{ ...one.decision.flaw, cluster: one.cluster }] : [],
  );
  const fixesAll =
    fixedIn === null || flawKind !== undefined || feature.owner !== undefined ? undefined : fixOfAll(flaws);
  return {
    ...(nearest === undefined ? {} : { nearestFix: nearest }),
    ...(fixesAll === undefined ? {} : { fixesAll }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
