import { comparedMembers, findingChanges, reportGaps } from '@clarion/model';
import { z } from 'zod';
import { advisoryState, digest, page, severity, severityCounts, time } from './basics';
import { historyFrom, knownSince, ofPackage } from './history';

const compared = z
  .strictObject({
    reference: z.string().describe('As it was asked for, without the time'),
    digest: digest.nullable().describe('Null for what has none (a directory); never over REST'),
    platform: z.string(),
    complete: z.boolean().describe('As `coverage.complete` of its report'),
    incomplete: z
      .array(z.enum(reportGaps))
      .describe('Why findings may be missing, as `incomplete` of images; empty for a complete report'),
    baseLayers: z.int().describe('Layers that count as those of its base image'),
    at: time.nullable().describe('The time of the data; null: now'),
    knownSince,
  })
  .meta({ id: 'ComparedImage' });

const comparedFinding = z
  .strictObject({
    id: z.string(),
    aliases: z.array(z.string()),
    severity,
    state: advisoryState,
    fixedIn: z.string().nullable(),
    nearestFix: z.string().nullable().optional().describe('As in reports'),
    fixAvailableIn: z.string().optional(),
    exploited: z.boolean().describe('Whether a feed lists it as exploited'),
    dueDate: z.string().optional().describe('By when the catalogue of exploited vulnerabilities demands action'),
    kind: z.enum(['malicious', 'informational']).optional(),
    certainty: z.literal('other-architecture').optional(),
    package: ofPackage,
  })
  .meta({ id: 'ComparedFinding' });

export const findingChange = z.enum(findingChanges);

const difference = z
  .strictObject({
    change: findingChange.describe('changed: in both, and any member that a user acts on differs'),
    cause: z
      .enum(['package', 'data', 'detector'])
      .nullable()
      .describe(
        'package: another version of it, or it is only in one of them; data: what feeds say of it; detector: the same image was read with other detectors; null for unchanged ones',
      ),
    place: z.enum(['base', 'application']).describe('Of the layer that brings the package'),
    changed: z
      .array(z.enum(comparedMembers))
      .describe('Members of the finding that changed; package: another version, namespace or architecture of it'),
    finding: comparedFinding.describe('As in the second; as in the first where it is gone'),
    before: comparedFinding.nullable().describe('As in the first, where it changed'),
  })
  .meta({ id: 'FindingDifference' });

/** The findings of two images: of REST, and of `clarion diff --format json`. */
export const comparison = page('Comparison', difference, {
  schemaVersion: z.literal(1),
  a: compared,
  b: compared,
  historyFrom,
  summary: z
    .strictObject({ added: severityCounts, changed: severityCounts, gone: severityCounts, unchanged: severityCounts })
    .describe('Of all findings, whatever the page; changed ones by the severity that they have now'),
});
