import {
  lifecycles,
  namespaceFamily,
  type CoveredNamespace,
  type EndOfSupport,
  type PlacedEvidence,
} from '@clarion/model';

const byFamily = new Map(lifecycles.map((lifecycle) => [lifecycle.family, lifecycle]));

/** What the table says of the vendor's support of a namespace; evidence in the image may prolong it. */
export function supportOf(
  namespace: string,
  evidence: readonly Pick<PlacedEvidence, 'kind' | 'value'>[],
): Pick<CoveredNamespace, 'endOfLife' | 'support'> {
  const family = namespaceFamily(namespace);
  const release = namespace.slice(family.length + 1);
  const lifecycle = byFamily.get(family);
  if (lifecycle === undefined) return of('unknown');
  const { extended, releases } = lifecycle;
  const prolonged = evidence.some(
    ({ kind, value }) => kind === extended?.kind && value.toLowerCase() === extended.value,
  );
  return of((prolonged ? valueAt(extended?.releases, release) : undefined) ?? valueAt(releases, release) ?? 'unknown');
}

function valueAt(releases: Readonly<Record<string, EndOfSupport>> | undefined, release: string): string | undefined {
  return releases !== undefined && Object.hasOwn(releases, release) ? releases[release] : undefined;
}

function of(end: EndOfSupport): Pick<CoveredNamespace, 'endOfLife' | 'support'> {
  return end === 'rolling' || end === 'unknown'
    ? { endOfLife: null, support: end }
    : { endOfLife: end, support: 'dated' };
}
