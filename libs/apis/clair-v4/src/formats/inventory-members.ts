import type { Digest, Finding, ImageInventory, ReportPackage } from '@clarion/model';
import type { ClairDistribution, ClairEnvironment, ClairPackage, ClairRepository } from './clair-report';
import { memberOf, type NamespaceMember } from './namespace-members';
import { stableId } from './stable-id';
import { StreamedObject } from './write-json';

/** What both reports say of the contents of an image. */
export interface InventoryMembers {
  readonly packages: StreamedObject;
  readonly distributions: Readonly<Record<string, ClairDistribution>>;
  readonly repository: Readonly<Record<string, ClairRepository>>;
  /** At least one for each package: clients read the first one. */
  readonly environments: StreamedObject;
}

export function inventoryMembers({
  packages,
  namespaces,
  image,
}: Pick<ImageInventory, 'packages' | 'namespaces' | 'image'>): InventoryMembers {
  const known = new Map(packages.map((one) => [packageId(one), one]));
  const all = new Set([...namespaces.map(({ id }) => id), ...packages.flatMap(({ namespace }) => namespace ?? [])]);
  const members = new Map([...all].map((namespace) => [namespace, memberOf(namespace)]));
  const digests = new Map(image.layers.map(({ diffId, digest }) => [diffId, digest ?? diffId]));
  const environment = (one: ReportPackage): readonly ClairEnvironment[] => [environmentOf(one, members, digests)];
  const listed = [...members.values()];
  return {
    packages: new StreamedObject(mapped(known, clairPackage)),
    distributions: byId(listed.flatMap((one) => ('distribution' in one ? [one.distribution] : []))),
    repository: byId(listed.flatMap((one) => ('repository' in one ? [one.repository] : []))),
    environments: new StreamedObject(mapped(known, environment)),
  };
}

/** The id follows from everything that distinguishes packages of an image. */
export function packageId(one: ReportPackage): string {
  const { type, namespace, name, version, architecture, path, layer, source, sourceVersion, module } = one;
  return stableId('package', type, namespace, name, version, architecture, path, layer, source, sourceVersion, module);
}

/** What a finding says of its package: several packages may have it in common. */
export function packageKey({
  type,
  namespace,
  name,
  version,
  architecture,
  path,
  layer,
}: ReportPackage | Finding['package']): string {
  return JSON.stringify([type, namespace, name, version, architecture, path, layer]);
}

function clairPackage(one: ReportPackage, id: string): ClairPackage {
  const { name, version, source, sourceVersion, module, architecture, cpe } = one;
  return {
    ...{ id, name, version, kind: 'binary' },
    ...(source === null ? {} : { source: sourcePackage(source, sourceVersion ?? version) }),
    normalized_version: '',
    ...(module === null || module === '' ? {} : { module }),
    ...(architecture === null || architecture === '' ? {} : { arch: architecture }),
    cpe: cpe !== undefined && isCpe(cpe) ? cpe : '',
  };
}

function sourcePackage(name: string, version: string): ClairPackage {
  return { id: stableId('source', name, version), name, version, kind: 'source', normalized_version: '', cpe: '' };
}

/** A formatted string with all of its parts: clients that parse it reject the whole report otherwise. */
function isCpe(text: string): boolean {
  return /^cpe:2\.3:[aho*-](?::(?:\\[!-~]|[\w.*?-])+){10}$/.test(text);
}

function environmentOf(
  { namespace, path, layer }: ReportPackage,
  members: ReadonlyMap<string, NamespaceMember>,
  digests: ReadonlyMap<Digest, Digest>,
): ClairEnvironment {
  const member = namespace === null ? undefined : members.get(namespace);
  return {
    package_db: path,
    introduced_in: digests.get(layer) ?? layer,
    distribution_id: member !== undefined && 'distribution' in member ? member.distribution.id : '',
    repository_ids: member !== undefined && 'repository' in member ? [member.repository.id] : [],
  };
}

function* mapped<T, U>(values: ReadonlyMap<string, T>, of: (value: T, id: string) => U): Generator<[string, U]> {
  for (const [id, value] of values) yield [id, of(value, id)];
}

function byId<T extends { readonly id: string }>(values: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(values.map((value) => [value.id, value]));
}
