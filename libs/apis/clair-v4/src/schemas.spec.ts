import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { AffectedImage, AffectedPackage, Notification, Report } from '@clarion/model';
import { clairSchemas, quaySchemas } from '../testing/schemas';
import { clairFormatIds, clairFormats } from './formats';
import { notificationPage } from './formats/notification-page';
import { emptyIndexReport } from './formats/render-reports';

const clair = clairSchemas();
const factsFolder = path.join(__dirname, '../../../plugins/report-formats/src/testdata');
const digest = `sha256:${'a'.repeat(64)}`;
const style = { colour: false, width: undefined, listPackages: false };

async function render(report: Report, id: string): Promise<unknown> {
  const format = clairFormats.find((one) => one.id === id);
  const text = (await format?.report?.(report, style)) ?? (await format?.inventory?.(report, style)) ?? [];
  return JSON.parse([...text].join(''));
}

type Schema = keyof typeof quaySchemas;

/** As Quay reads it, and as Clair's schemas describe it. */
function expectValid(schema: Schema, json: unknown): void {
  const sent = JSON.parse(JSON.stringify(json)) as unknown;
  const quay = quaySchemas[schema];
  expect([quay(sent), quay.errors]).toEqual([true, null]);
  const own = clair?.(schema);
  if (own !== undefined) expect([own(sent), own.errors]).toEqual([true, null]);
}

describe.each(readdirSync(factsFolder))('of %s', (name) => {
  const facts = JSON.parse(readFileSync(path.join(factsFolder, name), 'utf8')) as Report;
  // Images of the API have a digest; directories of the command line have none.
  const report = { ...facts, image: { ...facts.image, manifestDigest: digest } };

  it('both reports are valid for Quay, and for the schemas of Clair (needs Go)', async () => {
    expectValid('index_report', await render(report, clairFormatIds.index));
    expectValid('vulnerability_report', await render(report, clairFormatIds.report));
    expectValid('vulnerability_report', await render(report, clairFormatIds.reportWithScores));
  });
});

describe('other answers are valid for Quay, and for the schemas of Clair (needs Go)', () => {
  it('a state, and the report of an image that failed', () => {
    expectValid('index_state', { state: 'a' });
    expectValid('index_report', emptyIndexReport(digest, 'IndexError', 'no tar'));
  });

  const affected: AffectedPackage = {
    ...{ name: 'openssl', version: '1', namespace: 'debian:12', architecture: 'amd64' },
    ...{ state: 'fixed', severity: 'High', fixedIn: '2' },
  };
  const view = {
    ...{
      id: 'CVE-2024-1',
      aliases: [],
      severity: 'High' as const,
      description: null,
      epss: null,
      knownExploited: null,
    },
    ...{ links: [], packages: [affected] },
  } as const;
  const notification: Notification = {
    ...{ id: 'n', update: 'u', feed: 'f', vulnerability: view.id, createdAt: '', state: 'created', namespaces: [] },
    ...{ before: view, after: view, counts: { affected: 1, cleared: 1, changed: 1 } },
  };

  it('a page of a notification', () => {
    const image = (transition: AffectedImage['transition'], of = affected): AffectedImage => {
      const [before, after] = [transition === 'affected' ? [] : [of], transition === 'cleared' ? [] : [of]];
      return { image: digest, references: [], transition, before, after };
    };
    const npm = { ...affected, namespace: 'npm', architecture: null, fixedIn: null };
    const items = [image('affected'), image('cleared'), image('changed', npm), image('due'), image('overdue')];
    const page = notificationPage(notification, { items }, 500);
    expect(page.page).toEqual({ size: 500 });
    expect(page.notifications.map(({ reason }) => reason)).toEqual(['added', 'removed', 'added']);
    expect(page.notifications[2]?.vulnerability).toMatchObject({
      ...{ name: view.id, severity: 'High', normalized_severity: 'High', fixed_in_version: '' },
      ...{ repo: { name: 'npm' }, repository: { name: 'npm' } },
    });
    expectValid('notification_page', page);
  });
});
