import { packageTypes } from '@clarion/ecosystems';
import { imageStates, layerHeaders, missingCounts } from '@clarion/model';
import { z } from 'zod';
import { digest, givenDigest, headersOf, page, severityCounts, time, webAddress, word } from './basics';

const platform = z.strictObject({
  os: word(64),
  architecture: word(64),
  variant: word(64).optional(),
});

/** As the command line spells it, or in parts. */
export const platformText = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)?$/, {
    error: 'must be such as linux/arm64 or linux/arm/v7',
  })
  .transform((text) => {
    const [os = '', architecture = '', variant] = text.split('/');
    return { os, architecture, ...(variant === undefined ? {} : { variant }) };
  });

const credentials = z.union([
  z.strictObject({ username: word(1000), password: word(10_000) }),
  z.strictObject({ token: word(20_000).describe('A bearer token for the registry itself') }),
]);

export const submitReference = z
  .strictObject({
    reference: word(1024).describe('`registry.example/team/app:1`'),
    platform: z.union([platformText, platform]).optional().describe('linux/amd64 unless stated'),
    credentials: credentials.optional().describe('For the registry; kept encrypted'),
  })
  .meta({ id: 'SubmitReference' });

const submittedLayer = z.strictObject({
  digest: givenDigest,
  url: webAddress(8192).describe(
    'https, and an address and port that the installation may reach; others are refused: `egress-denied`',
  ),
  headers: headersOf(layerHeaders).optional(),
  diffId: givenDigest.optional(),
  mediaType: word(200).optional(),
  size: z.int().min(0).optional(),
});

export const submitLayers = z
  .strictObject({
    digest: givenDigest.describe('Of the manifest; believed'),
    layers: z.array(submittedLayer).max(512).describe('Base first'),
    platform: z.union([platformText, platform]).optional(),
    reference: word(1024).optional().describe('Reference that names the image in reports and lists'),
  })
  .meta({ id: 'SubmitLayers' });

export const submission = z.union([submitReference, submitLayers]).meta({ id: 'Submission' });

const state = z.enum(imageStates);

export const submitted = z
  .strictObject({
    digest,
    state,
    submission: z.string().describe('Names the work that was ordered'),
    ordered: z.boolean().describe('False when it was found done, or under way'),
    notNamed: z
      .string()
      .optional()
      .describe('The reference, where the image did not get it: a registry has resolved its tag to another image'),
  })
  .meta({ id: 'Submitted' });

const layerDescriptor = {
  diffId: digest.optional(),
  digest: digest.optional(),
  mediaType: z.string().optional(),
  size: z.int().optional(),
  createdBy: z.string().optional(),
};

export const image = z
  .strictObject({
    digest,
    state,
    reference: z.string(),
    references: z
      .array(z.string())
      .describe('That it was submitted under and that mean it now, in their whole spelling'),
    formerReferences: z.array(z.string()).describe('By tags that were moved to other images since'),
    platform: z.string(),
    layers: z.array(z.strictObject(layerDescriptor)).describe('Base first'),
    submittedAt: time.nullable(),
    indexedAt: time.nullable(),
    failure: z.strictObject({ code: z.string(), message: z.string(), remedy: z.string().nullable() }).nullable(),
    severities: severityCounts.nullable().describe('As of the last match; null where they would mean nothing'),
    severitiesMissing: z
      .enum(missingCounts)
      .nullable()
      .describe(
        'Why severities is null: always for not-indexed, limit-reached (there are too many to count), not-rated (nobody rates some of them, and a feed that may was not asked), and while a feed for its distribution was never loaded; for others where nothing was found',
      ),
    totals: z
      .strictObject({ uniqueVulnerabilities: z.int(), occurrences: z.int().describe('The sum of severities') })
      .nullable()
      .describe(
        'The vulnerabilities of severities, counted in two ways: one of three packages is one unique vulnerability and three occurrences; null where severities is, or a former version counted them',
      ),
    countedApart: z
      .strictObject({ malicious: z.int(), informational: z.int(), otherArchitecture: z.int() })
      .nullable()
      .describe(
        'Findings that are not in severities, as of the last match: malicious packages, notices (unmaintained, unsound), and what only advisories for other architectures report; null where nothing was counted',
      ),
    incomplete: z
      .array(z.enum(missingCounts))
      .describe(
        'Why there may be more than is counted: those of severitiesMissing; no-data (a feed for its distribution was never loaded, or has nothing about the release), not-covered (no feed covers it), partial (a feed lacks documents about it), unknown-distribution, no-packages, problems (layers or files could not be read), not-read (packages that no detector reads), undetermined (versions or advisories that cannot be compared), stale (old data). Empty where nothing was left out',
      ),
  })
  .meta({ id: 'Image' });

const undecided = z
  .strictObject({
    images: z.int(),
    reasons: z
      .partialRecord(z.enum(missingCounts), z.int())
      .describe('Images by the first reason of `incomplete` that matters to the search'),
    of: z.int().describe('Number of images that were checked: all, or the first thousand'),
  })
  .meta({ id: 'UndecidedImages' });

export const imagePage = page('ImagePage', image, {
  undecided: undecided
    .optional()
    .describe('Images that a search by severity or vulnerability cannot decide; on the first page'),
});

const layer = z
  .strictObject({
    ...layerDescriptor,
    tarBytes: z.int().nullable(),
    entries: z.int().nullable(),
    problems: z.array(z.strictObject({ path: z.string().nullable(), code: z.string(), message: z.string() })),
  })
  .meta({ id: 'Layer' });

export const layerList = page('LayerList', layer);

const installed = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    namespace: z.string().nullable(),
    type: z.union([z.enum(packageTypes), z.string().regex(/^x-[a-z0-9-]{1,38}$/)]),
    architecture: z.string().nullable(),
    source: z.string().nullable(),
    sourceVersion: z.string().nullable(),
    module: z.string().nullable(),
    path: z.string(),
    layer: digest,
    purl: z.string(),
    license: z
      .string()
      .optional()
      .describe('An SPDX expression where the license is known by one, else as the metadata of the package states it'),
    cpe: z.string().optional().describe('CPE 2.3, only of runtimes that are recognised as programs'),
    confidence: z
      .enum(['exact', 'inferred'])
      .optional()
      .describe('inferred: only indirect evidence names it, such as a manifest; absent for packages of distributions'),
    /** Of a package of a language: the distribution's package that owns the file. */
    owner: z.string().optional(),
  })
  .meta({ id: 'Package' });

export const packagePage = page('PackagePage', installed);
