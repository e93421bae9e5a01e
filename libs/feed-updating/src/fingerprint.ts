import { hash } from 'node:crypto';
import type { Advisory, AdvisoryGroup, VersionRange, VulnerabilityText } from '@clarion/model';

/**
 * Content hash of a group: `<meaning>.<wording>.<statements>`. A change of the first part is news for images, one of
 * the second only has to be stored; the count makes shrinking visible without reading groups. Order of statements and
 * of fields does not count.
 */
export function fingerprint(group: AdvisoryGroup): string {
  const meanings = [`${group.nameKind} ${group.scheme}`, ...group.advisories.map(meaning).sort()];
  const wordings = group.advisories.map(wording).sort();
  return `${digest(meanings)}.${digest(wordings)}.${group.advisories.length}`;
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
  const { scope } = advisory;
  return JSON.stringify([
    advisory.id,
    sorted(advisory.aliases),
    advisory.state,
    advisory.ranges?.map(rangeParts) ?? [],
    advisory.severity ?? null,
    scope === undefined
      ? null
      : [
          sorted(scope.architectures),
          scope.module ?? null,
          sorted(scope.cpes),
          scope.channel ?? null,
          scope.flavour ?? null,
          scope.origin ?? null,
        ],
  ]);
}

/** What is only shown. */
function wording(advisory: Advisory): string {
  const { id, vendorSeverity, reason, links } = advisory;
  return JSON.stringify([id, advisory.advisory ?? null, vendorSeverity ?? null, reason ?? null, links ?? []]);
}

/** A canonical text of what a feed says about a vulnerability. */
export function wordingOf(text: VulnerabilityText): string {
  const cvss = (text.cvss ?? []).map(({ source, vector }) => `${source} ${vector}`).sort();
  const { id, aliases, description, severity, links } = text;
  return JSON.stringify([id, sorted(aliases), description ?? null, severity ?? null, cvss, links ?? []]);
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
