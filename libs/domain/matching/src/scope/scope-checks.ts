import { distributionOf } from '@clarion/distributions';
import type { Advisory, AdvisoryScope, PlacedFeature } from '@clarion/model';
import { type Applicability, applies, type ScopeSubject } from './applicability';
import { buildFlavour, isFipsChannel } from './build-flavour';
import type { ImageScope } from './image-scope';
import { checkRepositoryScope } from './repository-scope';
import { checkProducts } from './red-hat/check-products';
import type { PackageProducts } from './red-hat/products';
import { checkChannel, isOfSupportChannel } from './support-channel';

export function subjectOf(
  feature: PlacedFeature,
  matchedBy: ScopeSubject['matchedBy'],
  image: ImageScope,
): ScopeSubject {
  const flavour = buildFlavour(feature, feature.version);
  const distribution = distributionOf(feature.namespace);
  const ordinary =
    feature.module === undefined &&
    flavour === undefined &&
    distribution?.fixedVersionShowsFlavour !== true &&
    !(distribution?.repositoryRules?.kind === 'topic' && feature.repository !== undefined);
  return { feature, matchedBy, image, products: image.productsOf(feature), flavour, ordinary };
}

export type CheckScope = (
  scope: AdvisoryScope,
  subject: ScopeSubject,
  advisory: Pick<Advisory, 'ranges'>,
) => Applicability;

/** One row per member of `AdvisoryScope`. Those that can return `other` come first: they end the check. */
export const checks: readonly (readonly [member: keyof AdvisoryScope, check: CheckScope])[] = [
  ['architectures', checkArchitecture],
  ['module', checkModule],
  ['flavour', checkFlavour],
  ['cpes', checkProducts],
  ['origin', checkRepositoryScope],
  ['channel', checkChannel],
];

/** Spellings of one architecture in dpkg, apk, rpm and Go. */
const architectureAliases = new Map([
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
  ['i386', 'i686'],
  ['i486', 'i686'],
  ['i586', 'i686'],
  ['x86', 'i686'],
  ['ppc64el', 'ppc64le'],
]);
const anyArchitecture = new Set(['', 'all', 'any', 'noarch']);
const otherArchitecture: Applicability = { kind: 'other', reason: 'about another architecture' };
const unknownArchitecture: Applicability = { kind: 'applies', note: 'architecture of the package unknown' };

function canonicalArchitecture(name: string): string {
  return architectureAliases.get(name) ?? name;
}

function checkArchitecture({ architectures = [] }: AdvisoryScope, { feature, matchedBy }: ScopeSubject): Applicability {
  if (architectures.length === 0 || architectures.some((name) => anyArchitecture.has(name))) return applies;
  if (matchedBy === 'source' && architectures.includes('src')) return applies;
  if (feature.architecture === undefined) return unknownArchitecture;
  const own = canonicalArchitecture(feature.architecture);
  // OVAL names the machine's architecture, and a package for any of them is installed on that one.
  const matches = anyArchitecture.has(own)
    ? architectures.some((name) => name !== 'src')
    : architectures.some((name) => canonicalArchitecture(name) === own);
  return matches ? applies : otherArchitecture;
}

const otherModule: Applicability = { kind: 'other', reason: 'about another module stream' };
const noModule: Applicability = { kind: 'other', reason: 'about a package of no module' };
const onlyModule: Applicability = { kind: 'other', reason: 'about a module stream; the package is of none' };
const unknownModule: Applicability = { kind: 'applies', note: 'module stream of the package unknown' };

/** Only `name:stream` of a module counts; a row without module is for packages without module, and vice versa. */
function checkModule(scope: AdvisoryScope, { feature }: ScopeSubject): Applicability {
  if (feature.module !== undefined) {
    if (scope.module === undefined) return noModule;
    return nameAndStream(feature.module) === nameAndStream(scope.module) ? applies : otherModule;
  }
  if (scope.module === undefined) return applies;
  // Some rebuilds lost the label; their release still shows that the package was built for a module.
  return hasModuleRelease(feature.version) ? unknownModule : onlyModule;
}

/** Whether the release of an rpm shows that it was built for a module. */
export function hasModuleRelease(version: string): boolean {
  return /\.module[_+]el/.test(version);
}

function nameAndStream(label: string): string {
  return label.split(':', 2).join(':');
}

const otherFlavour: Applicability = { kind: 'other', reason: 'about another build flavour' };

/** A fix of one build flavour (ksplice, fips, uek) is for packages of that flavour only, and others for the others. */
function checkFlavour(
  { flavour, channel }: AdvisoryScope,
  { feature, flavour: own }: ScopeSubject,
  { ranges = [] }: Pick<Advisory, 'ranges'>,
): Applicability {
  const said = flavour ?? (isFipsChannel(channel) ? 'fips' : buildFlavour(feature, ranges[0]?.fixed ?? ''));
  return own === said ? applies : otherFlavour;
}

/** Everything that checks read of a package, as one text: equal texts give equal answers. */
export function scopeTraits(feature: PlacedFeature, products: PackageProducts | undefined): string {
  const { name, version, architecture, module, repository, namespace } = feature;
  return JSON.stringify([
    architecture,
    module,
    hasModuleRelease(version),
    buildFlavour(feature, version),
    isOfSupportChannel(feature),
    repository,
    products?.key,
    // Names and version lines show where these packages come from.
    distributionOf(namespace)?.repositoryRules?.kind === 'topic' ? [name, version] : null,
  ]);
}
