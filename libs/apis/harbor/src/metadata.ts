import type { FeedView } from '@clarion/use-cases';
import type { HarborServices } from './harbor-services';
import { manifestTypes, sbomFormats, sentTypes } from './media-types';

/** The `scanner` member of metadata and reports. */
export function scannerOf(version: string): Readonly<Record<'name' | 'vendor' | 'version', string>> {
  return { name: 'Clarion', vendor: 'Clarion', version };
}

/** What Harbor reads when the scanner is registered, and before each scan. */
export async function metadataOf({ useCases, version, now }: HarborServices): Promise<unknown> {
  return {
    scanner: scannerOf(version),
    capabilities: [
      {
        type: 'vulnerability',
        consumes_mime_types: manifestTypes,
        produces_mime_types: [sentTypes.report, sentTypes.legacyReport, sentTypes.rawReport],
      },
      {
        type: 'sbom',
        consumes_mime_types: manifestTypes,
        produces_mime_types: [sentTypes.sbomReport],
        additional_attributes: { sbom_media_types: Object.keys(sbomFormats) },
      },
    ],
    properties: {
      'harbor.scanner-adapter/scanner-type': 'os-package-vulnerability',
      // Robot accounts are valid until the job ends, however long it waits; tokens expire before.
      'harbor.scanner-adapter/registry-authorization-type': 'Basic',
      'org.label-schema.name': 'clarion',
      'org.label-schema.version': version,
      ...databaseTimes(await useCases.feeds.list(), now()),
    },
  };
}

const prefix = 'harbor.scanner-adapter/vulnerability-database';

/**
 * The data is as old as the oldest feed in use that was ever loaded, and is next updated when the first of them is due.
 * Without any loaded feed there is no time at all.
 */
function databaseTimes(feeds: readonly FeedView[], now: Date): Readonly<Record<string, string>> {
  const loaded = feeds.flatMap(({ own, enabled, ageSeconds, refreshMinutes }) =>
    own || !enabled || ageSeconds === null ? [] : [{ at: now.getTime() - ageSeconds * 1000, refreshMinutes }],
  );
  if (loaded.length === 0) return {};
  const due = Math.min(...loaded.map(({ at, refreshMinutes }) => at + refreshMinutes * 60_000));
  return {
    [`${prefix}-updated-at`]: timeOf(Math.min(...loaded.map(({ at }) => at))),
    ...(due > now.getTime() ? { [`${prefix}-next-update-at`]: timeOf(due) } : {}),
  };
}

/** RFC 3339 without fractions, which ages do not have. */
function timeOf(millis: number): string {
  return `${new Date(millis).toISOString().slice(0, 19)}Z`;
}
