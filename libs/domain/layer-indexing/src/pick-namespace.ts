import {
  compareText,
  type Digest,
  namespaceFamily,
  type NamespaceEvidence,
  type PlacedNamespace,
} from '@clarion/model';

/** Evidence with its place in the merged view. */
export type LayerNamespaceEvidence = NamespaceEvidence & { readonly layer: Digest };

export interface PickedNamespaces {
  readonly namespace: PlacedNamespace | undefined;
  readonly channels: readonly PlacedNamespace[];
}

/**
 * Decides the distribution of an image: the plain evidence of the highest rank, refined by the highest refinement of
 * its family. Of equal ranks, the smaller path wins (`etc/os-release` before `usr/lib/os-release`).
 */
export function pickNamespace(evidence: readonly LayerNamespaceEvidence[]): PickedNamespaces {
  const sorted = [...evidence].sort(compareEvidence);
  const plain = sorted.find((e) => e.refines === undefined && e.channel !== true);
  const family = plain === undefined ? undefined : namespaceFamily(plain.id);
  const fitting = sorted.filter((e) => e.refines === undefined || e.refines === family);
  const best = plain === undefined ? undefined : fitting.find((e) => e.channel !== true);
  const channels = new Map<string, PlacedNamespace>();
  for (const channel of fitting) {
    if (channel.channel === true && channel.id !== best?.id && !channels.has(channel.id)) {
      channels.set(channel.id, placed(channel));
    }
  }
  return { namespace: best === undefined ? undefined : placed(best), channels: [...channels.values()] };
}

function placed({ id, packageType, versionText, path, layer }: LayerNamespaceEvidence): PlacedNamespace {
  return { id, packageType, ...(versionText === undefined ? {} : { versionText }), path, layer };
}

function compareEvidence(a: LayerNamespaceEvidence, b: LayerNamespaceEvidence): number {
  return b.rank - a.rank || compareText(a.path, b.path) || compareText(a.id, b.id);
}
