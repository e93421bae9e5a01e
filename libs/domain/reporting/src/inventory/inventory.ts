import { cpeOf } from '@clarion/ecosystems';
import { spdxLicense } from '@clarion/licenses';
import {
  byTexts,
  type EffectiveImage,
  evidencePath,
  formatPlatform,
  type ImageInventory,
  type PlacedFeature,
  type ReportImage,
  type ReportPackage,
} from '@clarion/model';
import { byPackage } from '../findings/sort-findings';
import { confidenceOf } from './confidence';
import { purlOf } from './purl';
import { unreadEcosystems } from '../coverage/unread-ecosystems';

/** What is inside an image, in the shape of the native report and sorted as it promises. */
export function inventoryOf(image: EffectiveImage, options: { readonly clarionVersion: string }): ImageInventory {
  const ecosystems = unreadEcosystems(image);
  return {
    schemaVersion: 1,
    clarion: { version: options.clarionVersion },
    image: reportImage(image),
    namespaces: image.namespaces
      .map(({ id, path, layer }) => ({ id, path, layer }))
      .sort(
        byTexts(
          (n) => n.id,
          (n) => n.path,
          (n) => n.layer,
        ),
      ),
    packages: image.features.map(reportPackage).sort(byPackage),
    problems: image.problems
      .map(({ layer, path, code, message }) => ({ layer, path: path ?? null, code, message }))
      .sort(
        byTexts(
          (p) => p.layer,
          (p) => p.path,
          (p) => p.code,
          (p) => p.message,
        ),
      ),
    ...(ecosystems.length === 0 ? {} : { ecosystems }),
  };
}

function reportImage({ image, layers }: EffectiveImage): ReportImage {
  return {
    reference: image.reference,
    manifestDigest: image.manifestDigest ?? null,
    platform: formatPlatform(image.platform),
    layers: layers.map((diffId, index) => ({
      diffId,
      digest: image.layers[index]?.digest ?? null,
      createdBy: image.layers[index]?.createdBy ?? null,
    })),
  };
}

function cpeIn(feature: PlacedFeature): Pick<ReportPackage, 'cpe'> {
  const cpe = cpeOf(feature);
  return cpe === undefined ? {} : { cpe };
}

/** Detectors of users may return an empty text. */
function licenseIn({ license = '' }: PlacedFeature): Pick<ReportPackage, 'license'> {
  return license === '' ? {} : { license: spdxLicense(license) ?? license };
}

function reportPackage(feature: PlacedFeature): ReportPackage {
  const confidence = confidenceOf(feature);
  return {
    name: feature.name,
    version: feature.version,
    namespace: feature.namespace,
    type: feature.type,
    architecture: feature.architecture ?? null,
    source: feature.source?.name ?? null,
    sourceVersion: feature.source?.version ?? null,
    module: feature.module ?? null,
    path: evidencePath(feature),
    layer: feature.layer,
    purl: purlOf(feature),
    ...licenseIn(feature),
    ...cpeIn(feature),
    ...(confidence === undefined ? {} : { confidence }),
    ...(feature.owner === undefined ? {} : { owner: feature.owner }),
  };
}
