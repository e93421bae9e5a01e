import { createHash } from 'node:crypto';

import { Enums, Models, SPDX } from '@cyclonedx/cyclonedx-library';
import { spdxExpression } from '@clarion/licenses';
import {
  type ImageInventory,
  namespaceFamily,
  type ReportImage,
  type ReportNamespace,
  type ReportPackage,
} from '@clarion/model';

import { imagePurl } from './image-purl';

const { ComponentType } = Enums;

/** An element of the document, under a unique name; the component is made when it is written. */
export interface ListedComponent {
  readonly ref: string;
  readonly purl: string;
  /** Path of the file that proves it. */
  readonly path: string;
  readonly component: () => Models.Component;
}

/** The distribution and all packages, in the order of the inventory. */
export function listedOf({ image, namespaces, packages }: ImageInventory): readonly ListedComponent[] {
  const used = new Set(['image']);
  const digests = new Map(image.layers.map(({ diffId, digest }) => [diffId, digest]));
  return [
    ...namespaces.map((namespace): ListedComponent => {
      const ref = uniqueRef(used, `operating-system:${namespace.id}`);
      return { ref, purl: '', path: namespace.path, component: () => operatingSystem(ref, namespace) };
    }),
    ...packages.map((pkg): ListedComponent => {
      const ref = uniqueRef(used, packageRef(pkg));
      const { purl, path, layer } = pkg;
      return { ref, purl, path, component: () => packageComponent(ref, pkg, digests.get(layer) ?? null) };
    }),
  ];
}

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
function operatingSystem(bomRef: string, { id, path, layer }: ReportNamespace): Models.Component {
  const family = namespaceFamily(id);
  const version = id.slice(family.length + 1).replace(/^v(?=\d)/, '');
  return new Models.Component(ComponentType.OperatingSystem, family || 'unknown', {
    bomRef,
    ...(version !== '' && { version }),
    properties: properties([
      ['clarion:layer:diffId', layer],
      ['clarion:namespace', id],
      ['clarion:package:path', path],
    ]),
  });
}

function packageRef({ purl, path, layer, source, sourceVersion }: ReportPackage): string {
  const identity = JSON.stringify([purl, path, layer, source, sourceVersion]);
  return `${purl}#${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`;
}

/** One installed package; `digest` is the one of the blob of its layer. */
function packageComponent(bomRef: string, pkg: ReportPackage, digest: string | null): Models.Component {
  const { group, name } = groupAndName(pkg);
  return new Models.Component(ComponentType.Library, name || 'unnamed', {
    bomRef,
    ...(group !== undefined && { group }),
    version: pkg.version,
    purl: pkg.purl,
    ...(pkg.cpe !== undefined && { cpe: pkg.cpe }),
    ...(pkg.license !== undefined && { licenses: new Models.LicenseRepository([licenseOf(pkg.license)]) }),
    properties: properties([
      ['clarion:layer:diffId', pkg.layer],
      ['clarion:layer:digest', digest],
      ['clarion:namespace', pkg.namespace],
      ['clarion:package:architecture', pkg.architecture],
      ['clarion:package:confidence', pkg.confidence ?? null],
      ['clarion:package:module', pkg.module],
      ['clarion:package:owner', pkg.owner ?? null],
      ['clarion:package:path', pkg.path],
      ['clarion:package:type', pkg.type],
      ['clarion:source:name', pkg.source],
      ['clarion:source:version', pkg.sourceVersion],
    ]),
  });
}

/** The group of Maven and the scope of npm, which other scanners and the generators of both ecosystems write apart too. */
function groupAndName({ type, name }: ReportPackage): { readonly group?: string; readonly name: string } {
  const separator = type === 'maven' ? ':' : type === 'npm' && name.startsWith('@') ? '/' : undefined;
  const at = separator === undefined ? -1 : name.indexOf(separator);
  return at > 0 && at < name.length - 1 ? { group: name.slice(0, at), name: name.slice(at + 1) } : { name };
}

/** As an id of the SPDX list, an SPDX expression, or by name. */
function licenseOf(license: string): Models.License {
  if (SPDX.isSupportedSpdxId(license)) return new Models.SpdxLicense(license);
  return spdxExpression(license) === undefined
    ? new Models.NamedLicense(license)
    : new Models.LicenseExpression(license);
}

/** Properties of all pairs that have a value. */
export function properties(pairs: readonly (readonly [string, string | null])[]): Models.PropertyRepository {
  return new Models.PropertyRepository(
    pairs.flatMap(([name, value]) => (value === null ? [] : [new Models.Property(name, value)])),
  );
}

/** Two records of a damaged database may be the same in everything. */
function uniqueRef(used: Set<string>, name: string): string {
  let ref = name;
  for (let copy = 2; used.has(ref); copy += 1) ref = `${name}:${copy}`;
  used.add(ref);
  return ref;
}
