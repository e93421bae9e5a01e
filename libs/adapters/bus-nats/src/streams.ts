import { ClarionError, workKinds, type Log, type WorkKind } from '@clarion/model';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

import { isJetStreamError } from './jetstream-errors';
import { consumerOf, laneConsumer, type BusNames } from './subjects';

export interface ProvisionOptions {
  readonly names: BusNames;
  readonly maxDeliveries: number;
  readonly ackWaitMillis: number;
  readonly duplicateMillis: number;
  /** Replicas of each stream at least: more that an operator has set stay. */
  readonly replicas: number;
  readonly log: Log;
}

const day = 86_400_000;

type StreamSettings = Pick<
  StreamConfig,
  'name' | 'subjects' | 'retention' | 'discard' | 'max_age' | 'duplicate_window'
>;

/**
 * Creates the three streams and the consumers of work unless they exist. Settings that an operator changed (age,
 * limits, more replicas) stay; missing subjects and replicas are added. Throws `invalid-input` when a stream has another retention,
 * storage or other subjects, which cannot be changed without losing its content, and when the work stream has a limit
 * by which it would drop work.
 */
export async function provision(manager: JetStreamManager, settings: ProvisionOptions): Promise<void> {
  const { names, duplicateMillis } = settings;
  const { work, events, deadLetters } = names.streams;
  const duplicate_window = nanos(duplicateMillis);
  const subjects = workKinds.flatMap((kind) => subjectsOf(kind, names));
  const streams: StreamSettings[] = [
    {
      name: work,
      subjects,
      retention: RetentionPolicy.Workqueue,
      // Accepted messages are kept: a full stream rejects new ones, and the publisher gets an error.
      discard: DiscardPolicy.New,
      max_age: 0,
      duplicate_window,
    },
    {
      name: events,
      subjects: [names.allEvents],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(7 * day),
      duplicate_window,
    },
    {
      name: deadLetters,
      // Including consumers that do not exist yet.
      subjects: [...names.advisories('*')],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(30 * day),
      duplicate_window,
    },
  ];
  for (const stream of streams) await ensureStream(manager, stream, settings);
  for (const kind of workKinds) {
    await ensureConsumer(manager, work, workConsumer(kind, settings));
    await ensureConsumer(manager, deadLetters, letterConsumer(kind, settings));
  }
}

type Durable = Partial<ConsumerConfig> & { readonly durable_name: string };

/** One of an earlier version becomes another one. */
async function ensureConsumer(manager: JetStreamManager, stream: string, config: Durable): Promise<void> {
  try {
    await manager.consumers.add(stream, config);
  } catch (error) {
    if (!isJetStreamError(error, 10_148)) throw error;
    // An earlier version may have made it with one filter or several, and both are not allowed.
    const filters: Partial<ConsumerConfig> = {
      filter_subject: undefined as never,
      filter_subjects: undefined as never,
    };
    await manager.consumers.update(stream, config.durable_name, { ...filters, ...config });
  }
}

async function ensureStream(
  manager: JetStreamManager,
  config: StreamSettings,
  settings: Pick<ProvisionOptions, 'replicas' | 'log'>,
): Promise<void> {
  const existing = await streamConfig(manager, config.name);
  if (existing === undefined) {
    const { replicas } = settings;
    await manager.streams
      .add({ ...config, storage: StorageType.File, num_replicas: replicas })
      .catch((error: unknown) => {
        throw isJetStreamError(error, notClustered) ? noCluster(replicas, error) : error;
      });
    return;
  }
  const missing = config.subjects.filter((subject) => !existing.subjects.includes(subject));
  const otherwise = [
    existing.retention === config.retention
      ? undefined
      : `retention ${existing.retention} instead of ${config.retention}`,
    existing.storage === StorageType.File ? undefined : `storage ${existing.storage} instead of file`,
  ].filter((difference) => difference !== undefined);
  const isOurs = config.subjects.some((one) => existing.subjects.some((subject) => covers(one, subject)));
  if (otherwise.length === 0 && isOurs) {
    if (config.retention === RetentionPolicy.Workqueue) await ensureKeeping(manager, existing);
    if (missing.length > 0) {
      const kept = existing.subjects.filter((subject) => !missing.some((one) => covers(one, subject)));
      await manager.streams.update(config.name, { subjects: [...kept, ...missing] });
    }
    if (existing.num_replicas < settings.replicas) await addReplicas(manager, existing, settings);
    return;
  }
  const differences = [...otherwise, ...missing.map((subject) => `no subject ${subject}`)];
  throw new ClarionError('invalid-input', `The NATS stream ${config.name} is another one: ${differences.join(', ')}`, {
    remedy: 'delete it when nothing in it is needed, or set CLARION_TENANT to a name that nobody else uses',
  });
}

/** JSStreamReplicasNotSupportedErr */
const notClustered = 10_074;

function noCluster(replicas: number, cause: unknown): ClarionError {
  return new ClarionError('invalid-input', `The NATS server is not a cluster, and cannot keep ${replicas} replicas`, {
    cause,
    remedy: 'set CLARION_NATS_REPLICAS to 1, or use a cluster of at least as many servers',
  });
}

/** The stream stays usable meanwhile. While a server is away it may not be possible: that is tried at the next start. */
async function addReplicas(
  manager: JetStreamManager,
  { name, num_replicas: before }: StreamConfig,
  { replicas, log }: Pick<ProvisionOptions, 'replicas' | 'log'>,
): Promise<void> {
  try {
    await manager.streams.update(name, { num_replicas: replicas });
    log.info('A NATS stream gets more replicas', { stream: name, before, replicas });
  } catch (error) {
    if (isJetStreamError(error, notClustered)) throw noCluster(replicas, error);
    log.warn('A NATS stream has fewer replicas than CLARION_NATS_REPLICAS says', {
      ...{ stream: name, replicas: before, error },
    });
  }
}

/** Whether a subject, which may end in a wildcard, covers another one. */
function covers(wildcard: string, subject: string): boolean {
  const [of, its] = [wildcard, subject].map((one) => one.split('.'));
  return of?.length === its?.length && of?.every((token, n) => token === '*' || token === its?.[n]) === true;
}

/**
 * A work stream must not drop accepted work. Without limits it never does, and with `discard: new` it rejects new
 * messages.
 */
async function ensureKeeping(manager: JetStreamManager, existing: StreamConfig): Promise<void> {
  const { name, discard, max_msgs, max_bytes, max_age, max_msgs_per_subject, discard_new_per_subject } = existing;
  const drops = [
    max_age > 0 ? ['a greatest age', '--max-age=0'] : undefined,
    max_msgs_per_subject > 0 && !discard_new_per_subject
      ? ['a limit of messages for each subject', '--max-msgs-per-subject=-1']
      : undefined,
    discard === DiscardPolicy.Old && (max_msgs > 0 || max_bytes > 0)
      ? ['a limit of messages or bytes with discard old', '--discard=new']
      : undefined,
  ].filter((one) => one !== undefined);
  if (drops.length > 0) {
    const what = drops.map(([limit]) => limit).join(', ');
    throw new ClarionError('invalid-input', `The NATS stream ${name} would drop work without a word: it has ${what}`, {
      remedy: `run: nats stream edit ${name} ${drops.map(([, option]) => option).join(' ')}`,
    });
  }
  if (discard !== DiscardPolicy.New) await manager.streams.update(name, { discard: DiscardPolicy.New });
}

async function streamConfig(manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (isJetStreamError(error, 10_059)) return undefined;
    throw error;
  }
}

/** Layers have one subject per caller, and one for unknown callers. */
function subjectsOf(kind: WorkKind, names: BusNames): readonly string[] {
  const plain = names.workSubject(kind);
  return kind === 'work.layer' ? [plain, `${plain}.*`] : [plain];
}

/** How long the consumer of a lane lives after its last request. */
const idleLaneMillis = 3_600_000;

/** Creates the consumer of a caller's layers, unless it exists. */
export async function ensureLane(manager: JetStreamManager, lane: string, settings: ProvisionOptions): Promise<void> {
  await ensureConsumer(manager, settings.names.streams.work, {
    ...workConsumer('work.layer', settings),
    durable_name: laneConsumer(lane),
    filter_subject: `${settings.names.workSubject('work.layer')}.${lane}`,
    inactive_threshold: nanos(idleLaneMillis),
  });
}

function workConsumer(kind: WorkKind, { names, maxDeliveries, ackWaitMillis }: ProvisionOptions): Durable {
  return {
    durable_name: consumerOf[kind],
    filter_subject: names.workSubject(kind),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMillis),
    max_deliver: maxDeliveries,
    // Every process has its own limit. Work that waits for its next attempt counts too, and must not block the rest.
    max_ack_pending: 100_000,
  };
}

/**
 * The consumer for layers subscribes to the advisories of all consumers, because it cannot list those of callers. It
 * ignores advisories that are not about layers.
 */
function letterConsumer(kind: WorkKind, { names, ackWaitMillis }: ProvisionOptions): Durable {
  return {
    durable_name: consumerOf[kind],
    filter_subjects: [...names.advisories(kind === 'work.layer' ? '*' : consumerOf[kind])],
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMillis),
    max_deliver: -1,
  };
}
