import type { Advisory, AdvisoryGroup, AdvisoryScope, PlacedFeature } from '@clarion/model';
import { base, fixed, group } from './facts';
import { reportOf, type Setting } from './reports';

/** Real cases of every distribution of the reference (matching §3): what is installed, what is said, what follows. */
export type Row = readonly [
  title: string,
  feature: PlacedFeature,
  group: AdvisoryGroup,
  expected: readonly string[],
  setting?: Setting,
];

/** Makes groups of one namespace. */
export const by = (namespace: string, scheme: string, nameKind: AdvisoryGroup['nameKind']) => {
  return (name: string, advisories: readonly Advisory[], more: Partial<AdvisoryGroup> = {}): AdvisoryGroup =>
    group(name, advisories, { namespace, scheme, nameKind, feed: 'feed', document: 'all', ...more });
};
export const inScope = (id: string, version: string, scope: AdvisoryScope): Advisory => fixed(id, version, { scope });
export const evidence = (kind: 'service' | 'product' | 'repository', ...values: readonly string[]): Setting => ({
  image: { evidence: values.map((value) => ({ kind, value, path: 'etc/x', layer: base })) },
});

export async function expectRow([, feature, one, expected, setting]: Row): Promise<void> {
  const { findings, coverage } = await reportOf([feature], [one], setting);
  const lines = findings.map((f) => `${f.id} ${f.state} ${f.fixedIn ?? '-'}`);
  const open = coverage.undetermined.map(({ vulnerability }) => `${vulnerability ?? '-'} undetermined`);
  expect([...lines, ...open]).toEqual(expected);
}

