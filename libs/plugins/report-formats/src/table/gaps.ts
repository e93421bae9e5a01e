import {
  describeMissing,
  type FeedRole,
  type Finding,
  type MissingDocument,
  type Report,
  type UncoveredEcosystem,
  type UncoveredPackage,
  type UndeterminedPackage,
  type UnreadEcosystem,
} from '@clarion/model';

import { printable } from '../printable';
import { type TextStyle, packagesText } from './style';
import { problemLines } from './problems';
import { wrap } from './text-width';

/** Names listed before "and 12 more"; the JSON report has all. */
const mostNames = 12;

/** What a report lacks without the facts of a feed. */
const consequence: Readonly<Record<FeedRole, string>> = {
  'own-data': 'findings may be missing, or there although you know better',
  advisories: 'findings may be missing',
  severities: 'severities may be missing',
  scores: 'it may not show what is exploited',
};

/** Lines that say what this report does not cover, and why; no lines when it covers everything. */
export function gaps({ coverage, problems, image, findings }: Report, look: TextStyle): string[] {
  const uncovered = byReason(coverage.uncovered).flatMap(([reason, packages]) =>
    listing(`${packagesText(packages.length)} not covered: ${reason}`, packages.map(nameOf), look),
  );
  const undetermined = byReason(coverage.undetermined).flatMap(([reason, packages]) =>
    listing(
      `${packagesText(namesOf(packages).size)} could not be evaluated: ${reason}${harmless(packages)}`,
      packages.map(nameAndFlaw),
      look,
    ),
  );
  const feeds = coverage.feeds
    .filter(({ updatedAt, stale }) => stale || updatedAt === null)
    .flatMap(({ id, role, updatedAt }) => {
      const what = `feed ${printable(id)} ${updatedAt === null ? 'was never loaded' : 'is stale'}`;
      return listing(`${what}: ${consequence[role]}`, [], look);
    });
  return [
    ...ecosystemLines(coverage.ecosystems, look),
    ...uncovered,
    ...undetermined,
    ...feeds,
    ...partialLines({ coverage, findings }, look),
    ...problemLines(problems, image, look),
  ];
}

/**
 * Lines about documents that feeds lack, as far as they concern this report: namespaces that are only partly covered,
 * surplus findings, findings without a rating. The JSON report has all of them.
 */
function partialLines({ coverage, findings }: Pick<Report, 'coverage' | 'findings'>, look: TextStyle): string[] {
  const concerned = new Map<string, string[]>();
  for (const { id, partial = [] } of coverage.namespaces) {
    for (const { reason } of partial) concerned.set(reason, [...(concerned.get(reason) ?? []), printable(id)]);
  }
  const covered = [...concerned].map(
    ([reason, ids]) => `${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'} only partly covered: ${printable(reason)}`,
  );
  const described = coverage.feeds.flatMap(({ id, role, missing = [] }) => {
    const names = (accept: (document: MissingDocument) => boolean): readonly string[] =>
      missing.filter(accept).map(({ name }) => printable(name));
    const [removing, rating] = [
      describeMissing(
        printable(id),
        names(({ onlyRemoves }) => onlyRemoves === true),
      ),
      describeMissing(
        printable(id),
        names(({ ids }) => ids !== undefined && isMissed(ids, findings)),
      ),
    ];
    return [
      ...(removing === undefined ? [] : [`findings may be too many: ${removing}`]),
      ...(rating === undefined ? [] : [`${consequence[role]}: ${rating}`]),
    ];
  });
  return [...covered, ...described].flatMap((text) => listing(text, [], look));
}

/** A document about single flaws is missed only by findings about them that no other feed rates. */
function isMissed(ids: readonly string[], findings: readonly Finding[]): boolean {
  return findings.some(
    ({ id, aliases, severity }) =>
      severity === 'Unknown' && [id, ...aliases].some((one) => ids.some((prefix) => one.startsWith(prefix))),
  );
}

/** Lines that say which packages were recognised and not read. */
export function ecosystemLines(
  ecosystems: readonly (UnreadEcosystem & Partial<UncoveredEcosystem>)[],
  look: TextStyle,
): string[] {
  return ecosystems.flatMap(({ id, files, example, reason, accepted = false }) => {
    const count = `${files} file${files === 1 ? '' : 's'}`;
    const text = `${printable(id)}: ${printable(reason)}, found by ${count}${accepted ? ' (accepted)' : ''}`;
    return listing(text, [printable(example)], look);
  });
}

function byReason<T extends UncoveredPackage>(packages: readonly T[]): (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const pkg of packages) {
    const group = groups.get(pkg.reason);
    if (group === undefined) groups.set(pkg.reason, [pkg]);
    else group.push(pkg);
  }
  return [...groups].map(([reason, group]) => [printable(reason), group]);
}

/** Of packages that no advisory names, nothing is missed. */
function harmless(packages: readonly UndeterminedPackage[]): string {
  return packages.every(({ noAdvisories }) => noAdvisories) ? '; no advisory names them' : '';
}

function namesOf(packages: readonly UncoveredPackage[]): ReadonlySet<string> {
  return new Set(packages.map(nameOf));
}

function nameOf({ package: name, version }: UncoveredPackage): string {
  return `${printable(name)} ${printable(version)}`;
}

function nameAndFlaw(pkg: UndeterminedPackage): string {
  return pkg.vulnerability === null ? nameOf(pkg) : `${nameOf(pkg)} (${printable(pkg.vulnerability)})`;
}

function listing(text: string, names: readonly string[], { paint, width }: TextStyle): string[] {
  const more = names.length > mostNames ? [`and ${names.length - mostNames} more`] : [];
  const list = [...names.slice(0, mostNames), ...more].join(', ');
  return [
    ...wrap(text, width - 4).map((line, index) => `${index === 0 ? `  ${paint.yellow('!')} ` : '    '}${line}`),
    ...(list === '' ? [] : wrap(list, width - 4).map((line) => `    ${paint.dim(line)}`)),
  ];
}
