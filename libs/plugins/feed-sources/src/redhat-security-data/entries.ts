import { asObject } from '@clarion/file-formats/documents';
import type { Advisory, AdvisoryState } from '@clarion/model';
import { isDebugPackage, isPackageName, moduleOf, targetOf, severityOf } from '../redhat-products';

/** One element of `affected_release` or `package_state` that is about an rpm package. */
export interface ProductEntry {
  readonly kind: 'advisory';
  readonly namespace: string;
  readonly package: string;
  readonly cpe: string;
  readonly channel: string | undefined;
  readonly module: string | undefined;
  readonly facts: Pick<
    Advisory,
    'state' | 'ranges' | 'advisory' | 'severity' | 'vendorSeverity' | 'reason' | 'published'
  >;
}

/** Why an element is skipped: it is understood, but is not about a package and version. */
export type SkipReason =
  | 'container'
  /** A module build (`httpd:2.4-8040020210127115317.9f9e2e7e`), without the versions of its packages. */
  | 'module build'
  /** A module package without the stream it belongs to. */
  | 'module unknown'
  /** A product or package whose fixed version is not given. */
  | 'no version'
  /** A product, a Maven artefact or something with blanks in its name. */
  | 'no package';

export type ReadEntry =
  | ProductEntry
  | { readonly kind: 'skipped'; readonly why: SkipReason; readonly state: AdvisoryState }
  | { readonly kind: 'problem'; readonly message: string };

type Members = Readonly<Record<string, unknown>>;

const fixStates: ReadonlyMap<string, AdvisoryState> = new Map([
  ['affected', 'affected'],
  ['will not fix', 'will_not_fix'],
  ['fix deferred', 'fix_deferred'],
  ['out of support scope', 'end_of_life'],
  ['under investigation', 'under_investigation'],
  ['not affected', 'not_affected'],
]);

/** Reads an element of `package_state`; `impact` is that of the CVE, used where the element has none. */
export function readPackageState(value: unknown, impact: string | undefined): ReadEntry {
  const element = asObject(value);
  const word = textOf(element?.['fix_state']);
  const state = fixStates.get(word?.toLowerCase() ?? '');
  if (element === undefined || word === undefined || state === undefined) {
    return { kind: 'problem', message: `Unknown fix state ${(word ?? 'of no text').slice(0, 60)}` };
  }
  const name = textOf(element['package_name']) ?? '';
  const slash = name.indexOf('/');
  const module = slash < 0 ? undefined : moduleOf(name.slice(0, slash));
  const plain = name.slice(slash + 1);
  if (!isPackageName(plain)) return { kind: 'skipped', why: 'no package', state };
  if (slash >= 0 && module === undefined) return { kind: 'skipped', why: 'container', state };
  const reason = state === 'not_affected' ? {} : { reason: word };
  return entryOf(element, { name: plain, module, impact }, { state, ...reason });
}

/** Reads an element of `affected_release`, whose package has one of three shapes, or none. */
export function readAffectedRelease(value: unknown, impact: string | undefined): ReadEntry {
  const element = asObject(value);
  if (element === undefined) return { kind: 'problem', message: 'Affected release is not an object' };
  const state = 'fixed';
  const text = textOf(element['package']) ?? '';
  const build = /^([A-Za-z0-9_][\w.+-]*)-(\d{1,9}):([^:/\s-]+-[^:/\s-]+)$/.exec(text);
  if (build === null) return { kind: 'skipped', why: shapeOf(text), state };
  const [, name = '', epoch = '0', version = ''] = build;
  if (/\.module[+_]/.test(version)) return { kind: 'skipped', why: 'module unknown', state };
  const advisory = textOf(element['advisory']);
  const published = textOf(element['release_date']);
  const facts = {
    state,
    ranges: [{ fixed: Number(epoch) === 0 ? version : `${Number(epoch)}:${version}` }],
    ...(advisory === undefined ? {} : { advisory }),
    ...(published === undefined ? {} : { published }),
  } as const;
  return entryOf(element, { name, version, impact }, facts);
}

function shapeOf(text: string): SkipReason {
  if (/^[\w.+-]+:[\w.+-]+-\d{10,}\.\w+$/.test(text)) return 'module build';
  if (text.includes('/') && text.includes(':')) return 'container';
  return text === '' || isPackageName(text) ? 'no version' : 'no package';
}

interface Named {
  readonly name: string;
  readonly module?: string | undefined;
  readonly version?: string;
  readonly impact: string | undefined;
}

function entryOf(element: Members, named: Named, facts: ProductEntry['facts']): ReadEntry {
  const cpe = textOf(element['cpe']);
  if (cpe === undefined || !/^cpe:\/[aoh]?:/.test(cpe)) return { kind: 'problem', message: 'Product without a CPE' };
  if (isDebugPackage(named.name)) return { kind: 'skipped', why: 'no package', state: facts.state };
  const { namespace, channel } = targetOf(cpe, named.version === undefined ? {} : { version: named.version });
  const severity = facts.state === 'not_affected' ? {} : severityOf(textOf(element['impact']) ?? named.impact);
  return {
    kind: 'advisory',
    namespace,
    package: named.name,
    cpe,
    channel,
    module: named.module,
    facts: { ...facts, ...severity },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 1000 ? value : undefined;
}
