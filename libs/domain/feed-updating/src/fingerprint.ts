import { hash } from 'node:crypto';
import type {
  Advisory,
  AdvisoryGroup,
  AdvisoryScope,
  AffectedImport,
  Epss,
  KnownExploited,
  VersionRange,
  VulnerabilityRecord,
} from '@clarion/model';

/** A group as it is stored, with its content hash. */
export interface FingerprintedGroup {
  readonly group: AdvisoryGroup;
  readonly print: string;
}

/**
 * Content hash of a group: `<meaning>.<wording>.<advisories>`. A change of the first part affects findings; a change of
 * the second part only has to be stored. The count shows shrinking without reading groups. The order of advisories and
 * of fields does not matter, and neither do duplicate advisories.
 */
export function fingerprint(group: AdvisoryGroup): string {
  return canonical(group).print;
}

/** The group with duplicate advisories removed, in an order that depends only on their content. */
export function canonical(group: AdvisoryGroup): FingerprintedGroup {
  const ordered = group.advisories.map(comparable).sort(byContent);
  const distinct = ordered.filter((one, index) => {
    const before = ordered[index - 1];
    return before === undefined || byContent(before, one) !== 0;
  });
  const comparison = `${group.nameKind} ${group.scheme} ${group.epochs ?? ''}`.trimEnd();
  const meanings = digest([comparison, ...distinct.map((one) => one.meaning)]);
  const wordings = digest(distinct.map((one) => one.wording).sort());
  const { namespace, package: name, feed, document, nameKind, scheme, epochs } = group;
  const head = {
    namespace,
    package: name,
    feed,
    document,
    nameKind,
    scheme,
    ...(epochs === undefined ? {} : { epochs }),
  };
  return {
    group: { ...head, advisories: distinct.map(({ advisory }) => advisory) },
    print: `${meanings}.${wordings}.${distinct.length}`,
  };
}

interface ComparableAdvisory {
  readonly advisory: Advisory;
  readonly meaning: string;
  readonly wording: string;
}

function comparable(advisory: Advisory): ComparableAdvisory {
  return { advisory, meaning: meaning(advisory), wording: wording(advisory) };
}

function byContent(a: ComparableAdvisory, b: ComparableAdvisory): number {
  if (a.meaning !== b.meaning) return a.meaning < b.meaning ? -1 : 1;
  if (a.wording === b.wording) return 0;
  return a.wording < b.wording ? -1 : 1;
}

/** The part of a fingerprint that affects matching. */
export function meaningOf(print: string): string {
  return print.slice(0, print.indexOf('.'));
}

/** The number of advisories in the group of a fingerprint. */
export function advisoryCount(print: string): number {
  const count = Number(print.slice(print.lastIndexOf('.') + 1));
  return Number.isSafeInteger(count) ? count : 0;
}

/** Everything in an advisory that can change a finding or its severity. */
export function meaning(advisory: Advisory): string {
  const { id, aliases, state, ranges, versions, severity, scope, imports, nameKind, epochs, kind } = advisory;
  const parts = text(id) + list(aliases) + text(state) + rangesText(ranges) + text(severity);
  const scoped = (scope === undefined ? '-' : scopeText(scope)) + (imports === undefined ? '' : importsText(imports));
  // Most advisories have none of these, so they are left out to save space.
  const isPlain = versions === undefined && nameKind === undefined && epochs === undefined && kind === undefined;
  return parts + scoped + (isPlain ? '' : list(versions) + text(nameKind) + text(epochs) + text(kind));
}

function rangesText(ranges: readonly VersionRange[] | undefined): string {
  let joined = `${ranges?.length ?? 0};`;
  for (const { introduced, fixed, lastAffected, limit } of ranges ?? []) {
    joined += text(introduced) + text(fixed) + text(lastAffected) + text(limit);
  }
  return joined;
}

function scopeText({ architectures, module, cpes, channel, flavour, origin }: AdvisoryScope): string {
  return list(architectures) + text(module) + list(cpes) + text(channel) + text(flavour) + text(origin);
}

function importsText(imports: readonly AffectedImport[]): string {
  const all = imports.map(({ path, functions, os, architectures }) =>
    [text(path), functions === undefined ? '-' : list(functions), list(os), list(architectures)].join(''),
  );
  return `i${list(all)}`;
}

/** The fields that are only displayed. */
function wording(advisory: Advisory): string {
  const { id, vendorSeverity, reason, links, published } = advisory;
  const shown = text(id) + text(advisory.advisory) + text(vendorSeverity) + text(reason) + text(published);
  return shown + (links === undefined ? '' : links.map(text).join(''));
}

/**
 * A length-prefixed string, so that a sequence of them is unambiguous whatever they contain. Called many millions of
 * times.
 */
function text(value: string | undefined): string {
  return value === undefined ? '-' : `${value.length}:${value}`;
}

/** A list whose order does not matter. */
function list(values: readonly string[] | undefined): string {
  if (values === undefined || values.length === 0) return '0;';
  return `${values.length};${values.length === 1 ? text(values[0]) : sorted(values).map(text).join('')}`;
}

/** Canonical form of a feed's record of a vulnerability. */
export function wordingOf(text: VulnerabilityRecord): string {
  return partsOf(text, { ordered: sorted, epssParts });
}

/** All content of a feed's record of a vulnerability, in the order of its lists. */
export function contentOf(text: VulnerabilityRecord): string {
  return partsOf(text, {
    ordered: (list) => list ?? [],
    epssParts: ({ score, percentile, date }) => [score, percentile ?? null, date ?? null],
  });
}

interface PartsOptions {
  readonly ordered: (list: readonly string[] | undefined) => readonly string[];
  readonly epssParts: (epss: Epss) => readonly unknown[];
}

function partsOf(text: VulnerabilityRecord, options: PartsOptions): string {
  const { id, aliases, description, severity, cvss, cwes, epss, knownExploited, published, rejected, links } = text;
  const { ordered } = options;
  return JSON.stringify([
    id,
    ordered(aliases),
    description ?? null,
    severity ?? null,
    ordered(cvss?.map(({ source, vector, primary, cna }) => JSON.stringify([source, vector, primary, cna]))),
    ordered(cwes),
    epss === undefined ? null : options.epssParts(epss),
    knownExploited === undefined ? null : knownParts(knownExploited),
    published ?? null,
    rejected ?? false,
    links ?? [],
  ]);
}

/**
 * Only the score counts: percentile and date change daily for every CVE, and some 300,000 records would be rewritten
 * for nothing. All three keep the values of the day the score is from.
 */
function epssParts({ score, percentile, date }: Epss): readonly unknown[] {
  return [score, percentile !== undefined, date !== undefined];
}

function knownParts({ dateAdded, dueDate, requiredAction, ransomware }: KnownExploited): readonly unknown[] {
  return [dateAdded, dueDate ?? null, requiredAction ?? null, ransomware];
}

function sorted(list: readonly string[] | undefined): readonly string[] {
  return list === undefined || list.length < 2 ? (list ?? []) : [...list].sort();
}

/**
 * 132 bits are enough against accidental collisions; a feed chooses its own content, so deliberate ones do not matter.
 */
function digest(lines: readonly string[]): string {
  return hash('sha256', lines.join('\n'), 'base64').slice(0, 22);
}
