import type { Advisory, AdvisoryGroup } from '@clarion/model';
import type { AdvisoryDifference } from './fact-difference';
import { meaning } from './fingerprint';

/**
 * The advisories of the vulnerabilities whose meaning differs between `before` and `after` (either may be absent);
 * undefined when none differs. All advisories of such a vulnerability are included, because they are evaluated
 * together.
 */
export function diffAdvisories(
  before: AdvisoryGroup | undefined,
  after: AdvisoryGroup | undefined,
): AdvisoryDifference | undefined {
  const group = after ?? before;
  if (group === undefined) return undefined;
  const old = byId(before);
  const now = byId(after);
  // A different comparison of names or versions affects every advisory.
  const all =
    before !== undefined &&
    after !== undefined &&
    (before.scheme !== after.scheme || before.nameKind !== after.nameKind || before.epochs !== after.epochs);
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter(
    (id) => all || meanings(old.get(id)) !== meanings(now.get(id)),
  );
  if (changed.length === 0) return undefined;
  const { feed, namespace, document, nameKind, scheme, epochs } = group;
  return {
    kind: 'advisories',
    feed,
    namespace,
    package: group.package,
    document,
    nameKind,
    scheme,
    ...(epochs === undefined ? {} : { epochs }),
    before: changed.flatMap((id) => old.get(id) ?? []),
    after: changed.flatMap((id) => now.get(id) ?? []),
  };
}

function byId(group: AdvisoryGroup | undefined): ReadonlyMap<string, readonly Advisory[]> {
  const found = new Map<string, Advisory[]>();
  for (const advisory of group?.advisories ?? []) {
    const list = found.get(advisory.id);
    if (list === undefined) found.set(advisory.id, [advisory]);
    else list.push(advisory);
  }
  return found;
}

function meanings(advisories: readonly Advisory[] | undefined): string {
  return [...new Set((advisories ?? []).map(meaning))].sort().join('\n');
}
