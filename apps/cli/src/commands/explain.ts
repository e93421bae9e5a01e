import { configuredFeeds } from '@clarion/feed-sources';
import {
  explainVulnerability,
  namespaceIds,
  participatingFeeds,
  type ExplainedPackage,
  type ExplainedStatement,
  type Explanation,
} from '@clarion/matching';
import { ClarionError } from '@clarion/model';
import { withFacts } from '../facts';
import { printable } from '../failure';
import { readImage, type ImageSettings } from '../image-facts';
import { writeResult } from '../output';
import { requireFeeds } from '../scan-feeds';

export interface ExplainSettings extends ImageSettings {
  readonly format: string;
}

const renderings: ReadonlyMap<string, (explanation: Explanation) => string> = new Map([
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
  const feeds = configuredFeeds(settings);
  await withFacts(settings, async ({ store, progress, ...facts }) => {
    const image = await readImage(reference, settings, { store, progress, ...facts });
    await requireFeeds(participatingFeeds(feeds, namespaceIds(image)), image, { store, progress, ...facts });
    const explanation = await explainVulnerability(image, store, { id: vulnerability, feeds });
    progress.close();
    await writeResult(render(explanation), settings.output);
  });
}

/** Indented text for people. Everything that comes from images or feeds is made printable. */
export function renderText(explanation: Explanation): string {
  const { vulnerability, aliases, packages } = explanation;
  const also = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`;
  const lines =
    packages.length === 0 ? [silence(explanation)] : [`${vulnerability}${also}`, ...packages.flatMap(packageLines)];
  return `${lines.map((line) => printable(line)).join('\n')}\n`;
}

function silence({ vulnerability, feeds }: Explanation): string {
  if (feeds.length === 0)
    return `No feed with data covers the packages of this image: nothing is known of ${vulnerability}`;
  const asked = feeds.map(({ id, updatedAt }) => `${id} (data of ${updatedAt ?? 'an unknown time'})`);
  return `No statement about ${vulnerability} and a package of this image in ${asked.join(', ')}`;
}

function packageLines(one: ExplainedPackage): readonly string[] {
  const from =
    one.source === null || one.source.name === one.name ? '' : `, source ${one.source.name} ${one.source.version}`;
  return [
    '',
    `${one.name} ${one.version} (${[one.namespace, one.architecture].filter((text) => text !== null).join(', ')}${from})`,
    `  ${outcomeText(one)}`,
    `  because: ${one.rule}`,
    ...one.notes.map((note) => `  note: ${note}`),
    ...one.statements.flatMap(statementLines),
  ];
}

function outcomeText({ outcome, state, fixedIn, fixAvailableIn }: ExplainedPackage): string {
  const offer = fixAvailableIn === null ? '' : `, a fix is available in ${fixAvailableIn}`;
  switch (outcome) {
    case 'vulnerable':
      if (state === 'under_investigation') return `under investigation${offer}`;
      if (state === 'affected') return `affected: no fix yet${offer}`;
      return fixedIn === null
        ? `affected: ${(state ?? '').replaceAll('_', ' ')}${offer}`
        : `affected: fixed in ${fixedIn}`;
    case 'cleared':
      return 'not affected: it has the fix';
    case 'suppressed':
      return 'not affected: so its vendor says';
    case 'undetermined':
      return 'undetermined';
    case 'unaffected':
      return 'not affected';
  }
}

function statementLines(said: ExplainedStatement): readonly string[] {
  const id = said.advisory ?? said.id;
  const lines = [
    `  ${said.feed} ${said.document}, ${said.entry} (by ${said.matchedBy} name), ${id}: ${said.state.replaceAll('_', ' ')}`,
    said.comparison === null ? undefined : `    ${said.comparison}`,
    ...said.scope.map(({ member, passed, detail }) => `    ${passed ? 'fits' : 'does not fit'} ${member}: ${detail}`),
    `    ${said.verdict}${said.counts ? '' : ', decides nothing'}`,
    said.reason === null ? undefined : `    reason: ${said.reason}`,
    said.note === null ? undefined : `    note: ${said.note}`,
  ];
  return lines.filter((line) => line !== undefined);
}
