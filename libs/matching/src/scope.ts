import type { AdvisoryScope, PlacedFeature } from '@clarion/model';

/** The installed package a statement is held against, and by which of its names the statement was found. */
export interface Subject {
  readonly feature: PlacedFeature;
  readonly matchedBy: 'source' | 'binary';
}

/**
 * Whether a statement is about this package at all.
 * - `applies`: it counts; a note says when that is less than certain.
 * - `other`: it is about another architecture, stream, …; it is not even mentioned.
 * - `information`: it tells of a fix that this image cannot reach: mentioned, but decides nothing.
 * - `undetermined`: it cannot be told; reported so, never taken as safe.
 */
export type Applicability =
  | { readonly kind: 'applies'; readonly note?: string }
  | { readonly kind: 'other' }
  | { readonly kind: 'information'; readonly note: string }
  | { readonly kind: 'undetermined'; readonly reason: string };

const applies: Applicability = { kind: 'applies' };
const other: Applicability = { kind: 'other' };

type Check = (scope: AdvisoryScope, subject: Subject) => Applicability;

/** One row a member of `AdvisoryScope`. Those that can say `other` stand first: they end the question. */
const checks: readonly Check[] = [
  checkArchitecture,
  checkModule,
  checkChannel,
  unsupported('cpes', 'product'),
  unsupported('flavour', 'build flavour'),
  unsupported('origin', 'origin repository'),
];

/** Holds a statement's scope against a package; the first row that does not simply apply decides. */
export function applicability(scope: AdvisoryScope | undefined, subject: Subject): Applicability {
  // The hot path: most statements restrict nothing, and a package without module needs no look either.
  if (scope === undefined && subject.feature.module === undefined) return applies;
  let result = applies;
  for (const check of checks) {
    const answer = check(scope ?? {}, subject);
    if (answer.kind !== 'applies') return answer;
    if (answer.note !== undefined) result = answer;
  }
  return result;
}

/** Everything of a feature that `applicability` reads, as one text: equal texts, equal answers. */
export function scopeTraits({ architecture, module, version }: PlacedFeature): string {
  return JSON.stringify([architecture, module, hasModuleRelease(version)]);
}

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

function canonicalArchitecture(name: string): string {
  return architectureAliases.get(name) ?? name;
}

function checkArchitecture({ architectures = [] }: AdvisoryScope, { feature, matchedBy }: Subject): Applicability {
  if (architectures.length === 0 || architectures.some((name) => anyArchitecture.has(name))) return applies;
  if (matchedBy === 'source' && architectures.includes('src')) return applies;
  if (feature.architecture === undefined) return { kind: 'applies', note: 'architecture of the package unknown' };
  const own = canonicalArchitecture(feature.architecture);
  return architectures.some((name) => canonicalArchitecture(name) === own) ? applies : other;
}

/** Only `name:stream` of a module counts; a row without module is for packages without module, and vice versa. */
function checkModule(scope: AdvisoryScope, { feature }: Subject): Applicability {
  if (feature.module !== undefined) {
    return scope.module !== undefined && nameAndStream(feature.module) === nameAndStream(scope.module)
      ? applies
      : other;
  }
  if (scope.module === undefined) return applies;
  // Some rebuilds lost the label; their release still tells that the package was built for a module.
  return /\.module[_+]el/.test(feature.version)
    ? { kind: 'applies', note: 'module stream of the package unknown' }
    : other;
}

function hasModuleRelease(version: string): boolean {
  return /\.module[_+]el/.test(version);
}

function nameAndStream(label: string): string {
  return label.split(':', 2).join(':');
}

/** Images give no evidence of a paid support channel yet, so its fixes are not reachable. */
function checkChannel({ channel }: AdvisoryScope): Applicability {
  return channel === undefined
    ? applies
    : { kind: 'information', note: `only in channel ${channel}, not enabled here` };
}

function unsupported(member: 'cpes' | 'flavour' | 'origin', label: string): Check {
  return (scope) =>
    scope[member] === undefined ? applies : { kind: 'undetermined', reason: `${label} of the package is not known` };
}
