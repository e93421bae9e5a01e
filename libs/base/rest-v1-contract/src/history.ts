import { reportGaps } from '@clarion/model';
import { z } from 'zod';
import { advisoryState, digest, page, severity, severityCounts, time, word } from './basics';
import { advisoryOfFeed, nameKind, recordOfFeed } from './vulnerability';

/** A time of the past in a query. */
export const pastTime = word(40).describe('RFC 3339 (`2026-03-01T12:00:00Z`), or a date, whose end counts; UTC');

export const knownSince = time
  .nullable()
  .describe('Since when the image and the feeds about it are known here; what was said before that may be less');
export const historyFrom = time
  .nullable()
  .describe('Nothing is known of earlier times, as the log of changes was pruned; null while it was not');

const completeFrom = time.describe(
  'From then on all feeds about the image are known and the log is complete; less is said of what was before. `from` where that is so all the time',
);
const incomplete = z
  .array(z.enum(reportGaps))
  .describe(
    'Why findings may be missing, as of the end: the words of `incomplete` of images; empty: a report of then is complete',
  );

const cause = z
  .union([
    z.strictObject({
      kind: z.enum(['data', 'exception']).describe('exception: own data of the installation'),
      feed: z.string(),
      update: z.string().describe('As in the revisions of the feed'),
      loaded: z.literal(true).optional().describe('The feed was loaded for the first time'),
    }),
    z.strictObject({
      kind: z
        .enum(['detector', 'start'])
        .describe('detector: the image was read with other detectors; start: it was so when the time line begins'),
    }),
  ])
  .meta({ id: 'StepCause' });

export const ofPackage = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    namespace: z.string(),
    type: z.string(),
    architecture: z.string().nullable(),
    path: z.string(),
    layer: digest,
    purl: z.string(),
  })
  .meta({ id: 'PackageOfPast' });

const findingStep = z
  .strictObject({
    at: time,
    cause,
    ids: z.array(z.string()).describe('Under which it was known then, the id of the finding first'),
    state: advisoryState,
    fixedIn: z.string().nullable(),
    fixAvailableIn: z.string().optional(),
    severity,
    exploited: z.boolean().describe('Whether a feed listed it as exploited'),
    dueDate: z.string().optional().describe('By when the catalogue of exploited vulnerabilities demands action'),
    kind: z.enum(['malicious', 'informational']).optional(),
    certainty: z.literal('other-architecture').optional(),
  })
  .meta({ id: 'FindingStep' });

const deadlineState = z.enum(['met', 'due', 'overdue']);

const findingTimeline = z
  .strictObject({
    id: z.string().describe('Of the vulnerability as it is known now'),
    package: ofPackage,
    source: z.strictObject({ name: z.string(), version: z.string() }).nullable(),
    from: time,
    until: time.nullable().describe('Null: it is there at the end'),
    ended: z.strictObject({ at: time, cause }).nullable().describe('Why it is gone'),
    steps: z.array(findingStep).describe('The first one says why it appeared, the others what changed since'),
    firstKnown: time.describe('Since when it could be known here: the later of image and advisory'),
    fixKnown: time.nullable().describe('Since when there is a fix that the image can get'),
    published: z.string().nullable().describe('Date of the vulnerability'),
    deadline: z
      .strictObject({
        deadline: time,
        dueFrom: time.describe('From then on it is due'),
        state: deadlineState,
        rule: z.string().describe('The rule that decides, as configured: `High+fix=30d`'),
      })
      .optional()
      .describe('By when it must be gone, as known at the end of the period; absent where no rule is about it'),
  })
  .meta({ id: 'FindingTimeline' });

const step = z
  .strictObject({
    at: time,
    cause,
    added: severityCounts.describe('Findings that appeared'),
    gone: severityCounts.describe('Findings that are gone'),
    changed: z.int().describe('Findings that changed in state, fix or severity'),
  })
  .meta({ id: 'TimelineStep' });

export const imageTimeline = page('ImageTimeline', findingTimeline, {
  digest,
  from: time,
  to: time,
  knownSince,
  historyFrom,
  completeFrom,
  incomplete,
  indexedAt: time.nullable().describe('When the image was first indexed'),
  steps: z.array(step).optional().describe('Oldest first, the newest thousand; only on the first page'),
  deadlines: z
    .strictObject({ met: z.int(), due: z.int(), overdue: z.int() })
    .optional()
    .describe('Findings with a deadline that are there at the end of the period; absent where none are configured'),
});

export const tagTimeline = page(
  'TagTimeline',
  z
    .strictObject({
      digest,
      from: time,
      until: time.nullable(),
      difference: z
        .strictObject({ added: severityCounts, gone: severityCounts })
        .nullable()
        .describe('To the image before it, at that time; null where either is not known'),
      steps: z
        .array(step)
        .nullable()
        .describe('What changed in the data about it while the tag named it; null where that is not known'),
      completeFrom: completeFrom.nullable(),
      incomplete: incomplete.nullable(),
      missing: z
        .enum(['not-found', 'not-indexed', 'no-data', 'history-pruned'])
        .nullable()
        .describe(
          'Why nothing is known of that time: the image was deleted, or is not indexed; feeds were not loaded; the log was pruned',
        ),
    })
    .meta({ id: 'TagPeriod' }),
  { repository: z.string(), tag: z.string(), knownSince, historyFrom },
);

const changed = {
  at: time,
  feed: z.string(),
  update: z.string(),
  id: z.string().describe('Under which the feed names the flaw'),
};

const vulnerabilitySince = z
  .strictObject({
    feed: z.string(),
    id: z.string(),
    since: time,
    by: z
      .enum(['update', 'loaded', 'log'])
      .describe(
        'update: an update brought it then; loaded: it came with the first load of the feed; log: it was there when the log begins',
      ),
    update: z.string().optional().describe('Where an update brought it'),
    until: time.nullable().describe('When the feed took it back; null while it has it'),
  })
  .meta({ id: 'VulnerabilitySince' });

export const vulnerabilityTimeline = page(
  'VulnerabilityTimeline',
  z
    .union([
      z.strictObject({
        ...changed,
        kind: z.literal('advisories'),
        namespace: z.string(),
        package: z.string(),
        document: z.string(),
        nameKind,
        scheme: z.string().describe('Of the versions'),
        before: z.array(advisoryOfFeed),
        after: z.array(advisoryOfFeed),
      }),
      z.strictObject({
        ...changed,
        kind: z.literal('record'),
        before: recordOfFeed.nullable(),
        after: recordOfFeed.nullable(),
      }),
    ])
    .meta({ id: 'VulnerabilityStep' }),
  {
    id: z.string().describe('The CVE of the flaw, if it has one, whichever alias was asked for'),
    ids: z.array(z.string()).describe('All ids that are known to be this flaw now'),
    knownSince: time
      .nullable()
      .describe('When the last of the feeds was loaded first: what was said before that may be less'),
    historyFrom,
    neverLoaded: z.array(z.string()).describe('Feeds that are on and were never loaded: what they say is not known'),
    since: z.array(vulnerabilitySince).optional().describe('Since when feeds have it; only on the first page'),
  },
);

export const revisionPage = page(
  'FeedRevisions',
  z
    .strictObject({
      update: z.string(),
      at: time.describe('When it was committed'),
      changes: z.int().describe('Changes in the log'),
      first: z.boolean().describe('Nothing is known of the feed before it'),
      revision: z.string().nullable().describe('As in `coverage.feeds` of reports'),
      updatedAt: time.nullable().describe('Of its newest facts'),
      by: z
        .string()
        .optional()
        .describe(
          'Who wrote it, of own vulnerabilities: the name of a token, or issuer and subject of a JWT; administrators only',
        ),
    })
    .meta({ id: 'FeedRevision' }),
  { feed: z.string() },
);
