import { distributionOf, type EndOfSupport, releaseOf } from '@clarion/distributions';
import type { CoveredNamespace, PlacedEvidence } from '@clarion/model';

/** What is known about the vendor's support of a namespace; evidence in the image may extend it. */
export function supportOf(
  namespace: string,
  evidence: readonly Pick<PlacedEvidence, 'kind' | 'value'>[],
): Pick<CoveredNamespace, 'endOfLife' | 'support'> {
  const support = distributionOf(namespace)?.support;
  if (support === undefined) return of('unknown');
  const { extended, releases } = support;
  const release = releaseOf(namespace);
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
