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
  const parts: unknown[] = [id, sorted(aliases), state, ranges?.map(rangeParts) ?? [], severity ?? null];
  parts.push(scope === undefined ? null : scopeParts(scope));
  // Most statements have none of these: what is not there takes no room.
  const rare = { versions: versions === undefined ? undefined : sorted(versions), nameKind, epochs, kind };
  if (Object.values(rare).some((value) => value !== undefined)) parts.push(rare);
  return JSON.stringify(parts);
}

function scopeParts(scope: AdvisoryScope): readonly unknown[] {
  const { architectures, module, cpes, channel, flavour, origin } = scope;
  return [sorted(architectures), module ?? null, sorted(cpes), channel ?? null, flavour ?? null, origin ?? null];
}

/** What is only shown. */
function wording(advisory: Advisory): string {
  const { id, vendorSeverity, reason, links, published } = advisory;
  const bulletin = advisory.advisory ?? null;
  return JSON.stringify([id, bulletin, vendorSeverity ?? null, reason ?? null, links ?? [], published ?? null]);
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

function rangeParts(range: VersionRange): readonly (string | null)[] {
  return [range.introduced ?? null, range.fixed ?? null, range.lastAffected ?? null, range.limit ?? null];
}

function sorted(list: readonly string[] | undefined): readonly string[] {
  return list === undefined || list.length < 2 ? (list ?? []) : [...list].sort();
}

/** 132 bits are plenty against accidents, and the content is the feed's own to choose anyway. */
function digest(lines: readonly string[]): string {
  return hash('sha256', lines.join('\n'), 'base64').slice(0, 22);
}
