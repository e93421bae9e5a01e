import { z } from 'zod';
import { page, time } from './basics';

const feed = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    homepage: z.string(),
    own: z.boolean(),
    enabled: z.boolean(),
    refreshMinutes: z.number(),
    documents: z.int().describe('Upstream documents that are followed'),
    ageSeconds: z.int().nullable().describe('Since the last success'),
    level: z
      .enum(['ok', 'partial', 'waiting', 'warning', 'error', 'off'])
      .describe(
        'ok: the last update succeeded; partial: it succeeded, but documents are missing; waiting: no update was tried yet; warning: the last update failed; error: none has succeeded for a day, or for four intervals if that is longer, or the last success is in the future; off: the feed is disabled',
      ),
    parserVersion: z.int(),
    lastAttempt: time.optional(),
    lastSuccess: time.optional(),
    lastChange: time.optional(),
    lastError: z.string().optional(),
    failingSince: time.optional().describe('The first of the attempts in a row that failed'),
    groups: z
      .int()
      .nullable()
      .describe('Packages with advisories. Of a feed that was never loaded all counts are null'),
    advisories: z.int().nullable(),
    records: z.int().nullable().describe('Facts of any kind, descriptions and scores too, in its documents'),
    problems: z.int().nullable().describe('Records that could not be understood'),
    problemSamples: z.array(z.string()),
    missing: z
      .array(
        z.strictObject({
          name: z.string(),
          ids: z
            .array(z.string())
            .optional()
            .describe('It would describe the vulnerabilities whose ids begin so; absent where it is about packages'),
          namespaces: z
            .array(z.string())
            .optional()
            .describe('Namespaces whose packages it would speak of; absent: all that the feed speaks of'),
          origin: z.string().optional().describe('It would speak of packages from this repository only'),
          architecture: z.string().optional().describe('It would speak of packages of this architecture only'),
          onlyRemoves: z
            .literal(true)
            .optional()
            .describe('It would only take findings away: without it there may be too many, and none is missed'),
        }),
      )
      .optional()
      .describe('Documents that its upstream publishes and that are not where it is read from'),
    partial: z.string().optional().describe('In words what is missing, and what helps'),
  })
  .meta({ id: 'Feed' });

export const feedList = page('FeedList', feed);

export const updateOrdered = z.strictObject({ request: z.string() }).meta({ id: 'FeedUpdateOrdered' });

const work = z.union([
  z.strictObject({ kind: z.literal('work.layer'), image: z.string(), submission: z.string(), layer: z.int() }),
  z.strictObject({
    kind: z.literal('work.feed'),
    feed: z.string(),
    request: z.string(),
    force: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('advisories.changed'),
    update: z.string(),
    vulnerability: z.string(),
    replay: z.string().optional(),
  }),
]);

export const deadLetterPage = page(
  'DeadLetterPage',
  z
    .strictObject({
      id: z.string(),
      event: work,
      at: time,
      deliveries: z.int(),
      code: z.string(),
      message: z.string(),
    })
    .meta({ id: 'DeadLetter' }),
);
