import { ecosystemOfNamespace } from '@clarion/ecosystems';
import { participatingFeeds } from '@clarion/matching';
import { applyPolicy } from '@clarion/policy';
import {
  explainVulnerability,
  makeReport,
  namespaceIds,
  type ExplainedPackage,
  type ExplainedAdvisory,
  type VulnerabilityExplanation,
} from '@clarion/reporting';
import {
  ClarionError,
  type ReportCoverage,
  type EffectiveImage,
  feedName,
  type FeedSource,
  type FeedFacts,
} from '@clarion/model';
import { clarionVersion } from '@clarion/release';
import { withCommandContext } from '../command-context';
import { exitCodes, printable } from '../failure';
import type { ImageSettings } from '../image-facts';
import { composedImage } from '../scanned-image';
import { writeResult } from '../output';
import { feedsOf, requireFeeds, type ScanFeedSettings } from '../scan-feeds';

export interface ExplainSettings extends ImageSettings, Pick<ScanFeedSettings, 'feedsDir'> {
  readonly format: string;
}

/** The explanation, and the parts of the image that could not be scanned, where the vulnerability may also exist. */
export interface ImageExplanation extends VulnerabilityExplanation {
  readonly coverage: Pick<ReportCoverage, 'uncovered' | 'undetermined' | 'ecosystems'>;
  /** Why the answer is incomplete, one line each; empty where it is not. */
  readonly incomplete: readonly string[];
}

const renderings: ReadonlyMap<string, (explained: ImageExplanation) => string> = new Map([
  ['json', (explanation) => `${JSON.stringify(explanation, null, 2)}\n`],
  ['table', renderText],
]);

/** `clarion explain IMAGE VULNERABILITY`: why each package is, or is not, affected. Uses stored advisory data only. */
export async function explain(reference: string, vulnerability: string, settings: ExplainSettings): Promise<void> {
  const render = renderings.get(settings.format);
  if (render === undefined) {
    throw new ClarionError('invalid-input', `There is no format "${settings.format}" for this command`, {
      remedy: `known: ${[...renderings.keys()].sort().reverse().join(', ')}`,
    });
  }
  if (!/^[A-Za-z][\w.:-]{2,63}$/.test(vulnerability)) {
    throw new ClarionError('invalid-input', `"${vulnerability}" is not the id of a vulnerability`, {
      remedy: 'write for example CVE-2023-5678',
    });
  }
  const feeds = feedsOf(settings);
  await withCommandContext(settings, async ({ store, progress, ...facts }) => {
    const image = await composedImage(reference, settings, { store, progress, ...facts });
    const { feedsDir } = settings;
    const from = { ...(feedsDir === undefined ? {} : { feedsDir }), asStored: true };
    const namespaces = namespaceIds(image);
    await requireFeeds(participatingFeeds(feeds, namespaces), namespaces, { store, progress, ...from });
    const explanation = await explainVulnerability(image, store, { id: vulnerability, feeds });
    if (explanation.packages.length === 0) await requireKnown(vulnerability, feeds, store);
    const explained = { ...explanation, ...(await coverageFor(explanation, { image, store, feeds })) };
    progress.close();
    await writeResult([render(explained)], settings.output);
    if (explained.incomplete.length > 0) process.exitCode = exitCodes.incomplete;
  });
}

interface CoverageDeps {
  readonly image: EffectiveImage;
  readonly store: FeedFacts;
  readonly feeds: readonly FeedSource[];
}

/**
 * What a scan of the image reports as unknown; of versions that cannot be compared, only those about this
 * vulnerability.
 */
async function coverageFor(
  { vulnerability, aliases, packages }: VulnerabilityExplanation,
  { image, store, feeds }: CoverageDeps,
): Promise<Pick<ImageExplanation, 'coverage' | 'incomplete'>> {
  const report = await makeReport(image, store, { feeds, now: new Date(), clarionVersion });
  const ids = new Set([vulnerability, ...aliases, ...packages.map((one) => one.vulnerability)].map(upperCase));
  const { uncovered, ecosystems } = report.coverage;
  const undetermined = report.coverage.undetermined.filter(({ vulnerability: id, noAdvisories }) =>
    id === null ? noAdvisories !== true : ids.has(upperCase(id)),
  );
  const { incomplete } = applyPolicy({ ...report, coverage: { ...report.coverage, undetermined } }, {});
  return { coverage: { uncovered, undetermined, ecosystems }, incomplete };
}

const upperCase = (text: string): string => text.toUpperCase();

/**
 * An id that no feed of this configuration knows is most likely mistyped. An id that is known but concerns no package
 * of the image is a valid answer. This reads all advisories, which takes a moment, so it runs only when nothing was
 * found.
 */
async function requireKnown(id: string, feeds: readonly FeedSource[], store: FeedFacts): Promise<void> {
  const wanted = id.toUpperCase();
  const isId = (text: string): boolean => text.toUpperCase() === wanted;
  const enabled = new Set(feeds.filter((feed) => feed.enabled !== false).map((feed) => feed.id));
  for (const spelling of new Set([
    id,
    wanted,
    wanted.replace(/^(GHSA)-.*/, (text) => `GHSA${text.slice(4).toLowerCase()}`),
  ])) {
    if ((await store.vulnerability(spelling))?.texts.some(({ feed }) => enabled.has(feed)) === true) return;
  }
  const states = (await store.feedStates()).filter(({ feed }) => enabled.has(feed));
  for (const { feed, documents } of states) {
    for (const document of Object.keys(documents)) {
      for await (const { advisories } of store.groups(feed, document)) {
        const named = advisories.some((one) => [one.id, one.advisory ?? '', ...(one.aliases ?? [])].some(isId));
        if (named) return;
      }
    }
  }
  const loaded = new Set(states.flatMap(({ feed, lastSuccess }) => (lastSuccess === undefined ? [] : [feed])));
  const missing = feeds.filter(
    ({ id: feed, namespaces, describesAll, own }) =>
      enabled.has(feed) && !loaded.has(feed) && (namespaces.length === 0 || describesAll === true) && own !== true,
  );
  throw new ClarionError('not-found', `No feed knows a vulnerability "${id}"`, {
    remedy:
      missing.length === 0
        ? 'check how it is written'
        : `check how it is written, or run clarion update ${missing.map((feed) => feedName(feed)).join(' ')}`,
  });
}

/** Indented text for people. Everything that comes from images or feeds is made printable. */
export function renderText(explained: ImageExplanation): string {
  const { vulnerability, aliases, packages, incomplete } = explained;
  const also = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`;
  const lines =
    packages.length === 0 ? [silence(explained)] : [`${vulnerability}${also}`, ...packages.flatMap(packageLines)];
  if (incomplete.length > 0) {
    lines.push('', `Whether ${vulnerability} is elsewhere in this image is not known:`);
    lines.push(...incomplete.map((reason) => `  ! ${reason}`));
  }
  return `${lines.map((line) => printable(line)).join('\n')}\n`;
}

function silence({ vulnerability, feeds }: VulnerabilityExplanation): string {
  if (feeds.length === 0)
    return `No feed with data covers the packages of this image: nothing is known of ${vulnerability}`;
  const asked = feeds.map(({ id, updatedAt }) => `${id} (data of ${updatedAt ?? 'an unknown time'})`);
  return `${vulnerability} is known, but no advisory about it names a package of this image: ${asked.join(', ')}`;
}

function packageLines(one: ExplainedPackage): readonly string[] {
  const from =
    one.source === null || one.source.name === one.name ? '' : `, source ${one.source.name} ${one.source.version}`;
  return [
    '',
    `${one.name} ${one.version} (${[one.namespace, one.architecture].filter((text) => text !== null).join(', ')}${from})`,
    ...fileLines(one),
    `  ${decisionText(one)}`,
    ...fixLines(one),
    `  because: ${one.rule}`,
    ...one.notes.map((note) => `  note: ${note}`),
    ...one.advisories.flatMap((advisory) => advisoryLines(advisory, one)),
  ];
}

/** A package of a language may be installed in a hundred places. */
function fileLines({ namespace, path, layer, instruction, confidence, owner }: ExplainedPackage): readonly string[] {
  if (ecosystemOfNamespace(namespace) === undefined) return [];
  const isOf = owner === undefined ? '' : `, of the package ${owner}`;
  const inferred = confidence === 'inferred' ? ', inferred' : '';
  const made = instruction === undefined ? '' : ` (${instruction.replace(/\s+/g, ' ')})`;
  return [`  file: ${path}${isOf}${inferred}`, `  layer: ${layer}${made}`];
}

/** What to do, where there is more to say than one fixed version. */
function fixLines(one: ExplainedPackage): readonly string[] {
  const { fixedIn, nearestFix, fixesAll, remedy } = one;
  const isOther = nearestFix !== undefined && nearestFix !== fixedIn;
  return [
    ...(isOther
      ? [`  nearest fix: ${nearestFix === null ? 'none in the installed major line' : written(one, nearestFix)}`]
      : []),
    ...(fixesAll === undefined ? [] : [`  fixes all vulnerabilities of the package: ${written(one, fixesAll)}`]),
    ...(remedy === undefined ? [] : [`  remedy: ${remedy}`]),
  ];
}

/** A version as tools of the ecosystem take it. */
function written({ name, namespace }: ExplainedPackage, version: string): string {
  return ecosystemOfNamespace(namespace)?.writtenVersion?.(name, version) ?? version;
}

function decisionText(one: ExplainedPackage): string {
  const { kind, decision, state, fixedIn, fixAvailableIn, advisories, suppressedBy } = one;
  const offer = fixAvailableIn === null ? '' : `, a fix is available in ${fixAvailableIn}`;
  switch (decision) {
    case 'vulnerable':
      if (kind === 'malicious') return 'malicious: remove it';
      if (kind === 'informational') {
        const fix = fixedIn === null ? '' : `: fixed in ${written(one, fixedIn)}`;
        return `affected by a notice, which is no vulnerability${fix}`;
      }
      if (state === 'under_investigation') return `under investigation${offer}`;
      if (state === 'affected') return `affected: no fix yet${offer}`;
      return fixedIn === null
        ? `affected: ${(state ?? '').replaceAll('_', ' ')}${offer}`
        : `affected: fixed in ${written(one, fixedIn)}`;
    case 'cleared':
      return 'not affected: it has the fix';
    case 'suppressed':
      if (suppressedBy?.kind === 'program') return 'not affected: the program does not link what has the flaw';
      return suppressedBy === undefined
        ? `not affected: so ${suppressing(advisories)} says`
        : `suppressed: ${suppressedBy.id} decides about files of its own packages`;
    case 'undetermined':
      return 'undetermined';
    case 'unaffected':
      return 'not affected';
  }
}

/** The source of the suppression: a vendor, or own data. */
function suppressing(advisories: readonly ExplainedAdvisory[]): string {
  const feeds = advisories.filter(({ match, counts }) => match === 'suppressed' && counts).map(({ feed }) => feed);
  return [...new Set(feeds)].join(', ') || 'its vendor';
}

function advisoryLines(explained: ExplainedAdvisory, { source }: ExplainedPackage): readonly string[] {
  const id = explained.advisory ?? explained.id;
  const name = source === null ? 'name' : `${explained.matchedBy} name`;
  const lines = [
    `  ${explained.feed} ${explained.document}, ${explained.entry} (by ${name}), ${id}: ${explained.state.replaceAll('_', ' ')}`,
    explained.comparison === null ? undefined : `    ${explained.comparison}`,
    ...explained.scope.map(
      ({ member, passed, detail }) => `    ${passed ? 'fits' : 'does not fit'} ${member}: ${detail}`,
    ),
    `    ${explained.match}${explained.counts ? '' : ', decides nothing'}`,
    explained.reason === null ? undefined : `    reason: ${explained.reason}`,
    explained.note === null ? undefined : `    note: ${explained.note}`,
  ];
  return lines.filter((line) => line !== undefined);
}
