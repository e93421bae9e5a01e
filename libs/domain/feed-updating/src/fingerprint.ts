import { hash } from 'node:crypto';
import type {
  Advisory,
  AdvisoryGroup,
  AdvisoryScope,
  Epss,
  KnownExploited,
  VersionRange,
  VulnerabilityText,
} from '@clarion/model';

/** A group as it is stored, with its content hash. */
export interface Fingerprinted {
  readonly group: AdvisoryGroup;
  readonly print: string;
}

/**
 * Content hash of a group: `<meaning>.<wording>.<statements>`. A change of the first part is news for images, one of
 * the second only has to be stored; the count makes shrinking visible without reading groups. Order of statements and
 * of fields does not count, nor does a statement that is made twice.
 */
export function fingerprint(group: AdvisoryGroup): string {
  return canonical(group).print;
}

/** The group with each statement once, in an order that depends on nothing but their content. */
export function canonical(group: AdvisoryGroup): Fingerprinted {
  const statements = group.advisories.map(toStatement).sort(byContent);
  const distinct = statements.filter((statement, index) => {
    const before = statements[index - 1];
    return before === undefined || byContent(before, statement) !== 0;
  });
  const place = `${group.nameKind} ${group.scheme} ${group.epochs ?? ''}`.trimEnd();
  const meanings = digest([place, ...distinct.map((statement) => statement.meaning)]);
  const wordings = digest(distinct.map((statement) => statement.wording).sort());
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

interface Statement {
  readonly advisory: Advisory;
  readonly meaning: string;
  readonly wording: string;
}

function toStatement(advisory: Advisory): Statement {
  return { advisory, meaning: meaning(advisory), wording: wording(advisory) };
}

function byContent(a: Statement, b: Statement): number {
  if (a.meaning !== b.meaning) return a.meaning < b.meaning ? -1 : 1;
  if (a.wording === b.wording) return 0;
  return a.wording < b.wording ? -1 : 1;
}

/** The part of a fingerprint that matters for matching. */
export function meaningOf(print: string): string {
  return print.slice(0, print.indexOf('.'));
}

/** How many statements the group of a fingerprint has. */
export function statementsOf(print: string): number {
  const count = Number(print.slice(print.lastIndexOf('.') + 1));
  return Number.isSafeInteger(count) ? count : 0;
}

/** Everything of a statement that can change a finding or its severity. */
export function meaning(advisory: Advisory): string {
  const { id, aliases, state, ranges, versions, severity, scope, nameKind, epochs, kind } = advisory;
  const parts = text(id) + list(aliases) + text(state) + rangesText(ranges) + text(severity);
  const scoped = scope === undefined ? '-' : scopeText(scope);
  // Most statements have none of these: what is not there takes no room.
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

/** What is only shown. */
function wording(advisory: Advisory): string {
  const { id, vendorSeverity, reason, links, published } = advisory;
  const shown = text(id) + text(advisory.advisory) + text(vendorSeverity) + text(reason) + text(published);
  return shown + (links === undefined ? '' : links.map(text).join(''));
}

/** A text after its length: whatever it holds, a row of these can be read in one way only. Many millions are made. */
function text(value: string | undefined): string {
  return value === undefined ? '-' : `${value.length}:${value}`;
}

/** A list whose order does not count. */
function list(values: readonly string[] | undefined): string {
  if (values === undefined || values.length === 0) return '0;';
  return `${values.length};${values.length === 1 ? text(values[0]) : sorted(values).map(text).join('')}`;
}

/** A canonical text of what a feed says about a vulnerability. */
export function wordingOf(text: VulnerabilityText): string {
  const { id, aliases, description, severity, cvss, cwes, epss, knownExploited, published, rejected, links } = text;
  return JSON.stringify([
    id,
    sorted(aliases),
    description ?? null,
    severity ?? null,
    (cvss ?? []).map(({ source, vector, primary, cna }) => JSON.stringify([source, vector, primary, cna])).sort(),
    sorted(cwes),
    epss === undefined ? null : epssParts(epss),
    knownExploited === undefined ? null : knownParts(knownExploited),
    published ?? null,
    rejected ?? false,
    links ?? [],
  ]);
}

/**
 * Only the score: rank and date of all flaws change every day with those of others, and a third of a million texts would
 * be written for nothing. The three stay those of the day the score is from.
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

/** 132 bits are plenty against accidents, and the content is the feed's own to choose anyway. */
function digest(lines: readonly string[]): string {
  return hash('sha256', lines.join('\n'), 'base64').slice(0, 22);
}
