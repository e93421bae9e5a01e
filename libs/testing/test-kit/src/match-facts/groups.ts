import type { Advisory, AdvisoryGroup, AdvisoryScope, EffectiveImage } from '@clarion/model';
import { base, fixed, group } from './facts';

/** Builds groups of one namespace. */
export const by = (namespace: string, scheme: string, nameKind: AdvisoryGroup['nameKind']) => {
  return (name: string, advisories: readonly Advisory[], more: Partial<AdvisoryGroup> = {}): AdvisoryGroup =>
    group(name, advisories, { namespace, scheme, nameKind, feed: 'feed', document: 'all', ...more });
};

/** An advisory with a fixed version that is restricted to a part of its namespace. */
export const inScope = (id: string, version: string, scope: AdvisoryScope): Advisory => fixed(id, version, { scope });

/** What an image shows of the services, products and repositories it uses. */
export const evidence = (
  kind: 'service' | 'product' | 'repository',
  ...values: readonly string[]
): { readonly image: Pick<EffectiveImage, 'evidence'> } => ({
  image: { evidence: values.map((value) => ({ kind, value, path: 'etc/x', layer: base })) },
});
