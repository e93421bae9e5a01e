import {
  contentModes,
  deliveryStates,
  endpointHeaders,
  endpointModes,
  knownExploitedMissing,
  notificationStates,
  notificationKinds,
  webhookSecretPattern,
  webhookSignatures,
} from '@clarion/model';
import { z } from 'zod';
import { advisoryState, digest, headersOf, page, severity, time, webAddress, word } from './basics';

const affectedPackage = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    namespace: z.string(),
    architecture: z.string().nullable(),
    state: advisoryState,
    severity,
    fixedIn: z.string().nullable(),
    kind: z
      .literal('malicious')
      .optional()
      .describe('Of a package that is itself malicious; absent for a vulnerability'),
    type: z.string().optional().describe('Of a package of a language: npm, pypi'),
    purl: z.string().optional().describe('Package URL of a package of a language'),
  })
  .meta({ id: 'AffectedPackage' });

const view = z
  .strictObject({
    id: z.string(),
    aliases: z.array(z.string()),
    severity,
    description: z.string().nullable(),
    epss: z
      .strictObject({ score: z.number(), percentile: z.number().nullable(), date: z.string().nullable() })
      .nullable(),
    knownExploited: z
      .strictObject({
        dateAdded: z.string(),
        dueDate: z.string().nullable(),
        requiredAction: z.string().nullable(),
        ransomware: z.boolean(),
      })
      .nullable(),
    links: z.array(z.string()),
    packages: z.array(affectedPackage),
  })
  .meta({ id: 'VulnerabilityView' });

export const transition = z.enum(notificationKinds);

const members = {
  id: z.string(),
  update: z.string(),
  feed: z.string(),
  vulnerability: z.string(),
  createdAt: time,
  state: z.enum(notificationStates),
  before: view.nullable(),
  after: view.nullable(),
  counts: z.strictObject({
    affected: z.int(),
    cleared: z.int(),
    changed: z.int(),
    due: z.int().optional().describe('Images whose deadline is near; only in notifications about deadlines'),
    overdue: z.int().optional().describe('Images whose deadline has passed; only in notifications about deadlines'),
  }),
  namespaces: z.array(z.string()),
  knownExploitedMissing: z
    .enum(knownExploitedMissing)
    .optional()
    .describe('Why `knownExploited` is null whatever is so: its catalogue was never loaded, or is switched off'),
  traceparent: z.string().optional(),
};

export const notification = z.strictObject(members).meta({ id: 'Notification' });
export const notificationPage = page('NotificationPage', notification);

const affectedImage = z
  .strictObject({
    image: digest,
    references: z.array(z.string()).describe('Those that meant it when this was found'),
    formerReferences: z
      .array(z.string())
      .optional()
      .describe('By tags that had been moved to other images; with no references left, nobody pulls it by name'),
    transition,
    deadline: time.optional().describe('The earliest of its packages; only in notifications about deadlines'),
    before: z.array(affectedPackage),
    after: z.array(affectedPackage),
  })
  .meta({ id: 'AffectedImage' });

const delivery = z
  .strictObject({
    notification: z.string(),
    endpoint: z.string(),
    state: z.enum(deliveryStates),
    nextAttemptAt: time,
    attempts: z.int(),
    log: z.array(
      z.strictObject({
        at: time,
        status: z.int().nullable(),
        millis: z.number(),
        error: z.string().nullable(),
        answer: z.string(),
      }),
    ),
    createdAt: time,
  })
  .meta({ id: 'Delivery' });

export const deliveryPage = page('DeliveryPage', delivery);

export const notificationDetails = z
  .strictObject({
    notification,
    images: page('AffectedImagePage', affectedImage),
    deliveries: z.array(delivery),
  })
  .meta({ id: 'NotificationDetails' });

const filter = z
  .strictObject({
    minSeverity: severity.optional(),
    namespaces: z
      .array(
        word()
          .regex(/^[^*]*\*?$/, { error: 'has a `*` that is not at its end' })
          .regex(/^[^A-Z]*$/, { error: 'has capital letters; write it as reports do: debian:12' }),
      )
      .max(100)
      .optional(),
    repositories: z
      .array(word().regex(/^(?:[^@]*\/)?[^:@/]*$/, { error: 'has a tag or a digest; write registry.example/team/app' }))
      .max(100)
      .optional(),
    transitions: z.array(transition).min(1).optional(),
    fixableOnly: z.boolean().optional(),
    knownExploitedOnly: z.boolean().optional(),
    stateChanges: z.boolean().optional(),
    exploitationChanges: z.boolean().optional(),
  })
  .meta({ id: 'EndpointFilter' });

export const endpointInput = z
  .strictObject({
    url: webAddress(2048).describe(
      'https, and an address and port that the installation may reach; others are refused: `egress-denied`',
    ),
    mode: z.enum(endpointModes).default('cloudevents'),
    filter: filter.default({}),
    allowInsecure: z.boolean().default(false).describe('Whether the address may be plain http'),
    fullBody: z.boolean().default(false).describe('Images in the body instead of counts and a link'),
    contentMode: z
      .enum(contentModes)
      .optional()
      .describe('Of CloudEvents; what the installation says where none is given'),
    secret: z
      .string()
      .regex(webhookSecretPattern, { error: 'must be `whsec_` or `whsk_` and base64' })
      .optional()
      .describe('`whsec_…`, or `whsk_…` of an Ed25519 key pair; made where none is given'),
    signature: z
      .enum(webhookSignatures)
      .optional()
      .describe('What is made for a new endpoint: a secret (`v1`), or a key pair (`v1a`)'),
    handshake: z.boolean().optional().describe('Ask the receiver for its consent first (CloudEvents abuse protection)'),
    headers: headersOf(endpointHeaders).optional(),
  })
  .meta({ id: 'EndpointInput' });

const endpoint = z
  .strictObject({
    id: z.string(),
    url: z.string(),
    mode: z.enum(endpointModes),
    filter,
    allowInsecure: z.boolean(),
    fullBody: z.boolean(),
    contentMode: z.enum(contentModes).optional(),
    createdAt: time,
    disabled: z.strictObject({ reason: z.string(), at: time }).nullable(),
    secrets: z.int().describe('How many sign now'),
    publicKeys: z.array(z.string()).describe('`whpk_…` of those that are key pairs'),
    headers: z.array(z.string()).describe('Names'),
  })
  .meta({ id: 'Endpoint' });

export const endpointAnswer = endpoint;
export const endpointList = page('EndpointList', endpoint);
export const endpointWithSecret = z
  .strictObject({
    endpoint,
    secret: z
      .string()
      .describe('What the receiver verifies with: the secret, shown this once, or the public key `whpk_…`'),
  })
  .meta({ id: 'EndpointWithSecret' });
export const testResult = z
  .strictObject({ delivered: z.boolean(), status: z.int().nullable(), error: z.string().nullable() })
  .meta({ id: 'EndpointTest' });
export const replayed = z.strictObject({ deliveries: z.int() }).meta({ id: 'Replayed' });
