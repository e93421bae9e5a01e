import { createHash } from 'node:crypto';

import { Enums, Models } from '@cyclonedx/cyclonedx-library';
import type { ReportImage, ReportNamespace, ReportPackage } from '@clarion/model';
import { namespaceFamily } from '@clarion/model';

import { imagePurl } from './image-purl';

const { ComponentType } = Enums;

/** Names that a bill of materials may use once only. */
export type UsedRefs = Set<string>;

/** The tool that made the document. */
export function clarionComponent(version: string): Models.Component {
  return new Models.Component(ComponentType.Application, 'clarion', { version });
}

/** The image: what the document describes. */
export function imageComponent(image: ReportImage): Models.Component {
  const purl = imagePurl(image);
  return new Models.Component(ComponentType.Container, image.reference || 'unnamed image', {
    bomRef: 'image',
    ...(image.manifestDigest !== null && { version: image.manifestDigest }),
    ...(purl !== undefined && { purl }),
    properties: properties([
      ['clarion:image:platform', image.platform],
      ...image.layers.flatMap(({ diffId, digest }, index): [string, string | null][] => [
        [`clarion:image:layer:${index}:diffId`, diffId],
        [`clarion:image:layer:${index}:digest`, digest],
      ]),
    ]),
  });
}

/** The distribution. Other scanners match by its name and version. */
export function operatingSystem(used: UsedRefs, { id, path, layer }: ReportNamespace): Models.Component {
  const family = namespaceFamily(id);
  const version = id.slice(family.length + 1).replace(/^v(?=\d)/, '');
  return new Models.Component(ComponentType.OperatingSystem, family || 'unknown', {
    bomRef: uniqueRef(used, `operating-system:${id}`),
    ...(version !== '' && { version }),
    properties: properties([
      ['clarion:layer:diffId', layer],
      ['clarion:namespace', id],
      ['clarion:package:path', path],
    ]),
  });
}

/** One installed package. `digestOf` gives the blob digest of a layer. */
export function packageComponent(
  used: UsedRefs,
  pkg: ReportPackage,
  digestOf: (diffId: string) => string | null,
): Models.Component {
  const identity = JSON.stringify([pkg.purl, pkg.path, pkg.layer, pkg.source, pkg.sourceVersion]);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return new Models.Component(ComponentType.Library, pkg.name || 'unnamed', {
    bomRef: uniqueRef(used, `${pkg.purl}#${hash}`),
    version: pkg.version,
    purl: pkg.purl,
    properties: properties([
      ['clarion:layer:diffId', pkg.layer],
      ['clarion:layer:digest', digestOf(pkg.layer)],
      ['clarion:namespace', pkg.namespace],
      ['clarion:package:architecture', pkg.architecture],
      ['clarion:package:module', pkg.module],
      ['clarion:package:path', pkg.path],
      ['clarion:package:type', pkg.type],
      ['clarion:source:name', pkg.source],
      ['clarion:source:version', pkg.sourceVersion],
    ]),
  });
}

/** Properties of all pairs that have a value. */
export function properties(pairs: readonly (readonly [string, string | null])[]): Models.PropertyRepository {
  return new Models.PropertyRepository(
    pairs.flatMap(([name, value]) => (value === null ? [] : [new Models.Property(name, value)])),
  );
}

/** Two records of a damaged database may be the same in everything. */
function uniqueRef(used: UsedRefs, wanted: string): string {
  let ref = wanted;
  for (let copy = 2; used.has(ref); copy += 1) ref = `${wanted}:${copy}`;
  used.add(ref);
  return ref;
}
