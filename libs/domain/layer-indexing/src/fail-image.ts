import {
  type Bus,
  ClarionError,
  type DeadLetter,
  type BusMessage,
  type DomainEvent,
  type Submission,
  type DeadLetterStore,
  type ImageStore,
} from '@clarion/model';
import type { SubmissionKey } from './submission-key';
import { withoutCredentials } from './without-credentials';

/** Whether an error is permanent: the image can never be indexed as it is. */
export function isFinalError(error: unknown): error is ClarionError {
  return error instanceof ClarionError && !error.retryable;
}

/** Marks a submission failed, if it is still the current one, and publishes that. An indexed image stays indexed. */
export async function* failImage(
  { image, submission }: SubmissionKey,
  failure: Pick<NonNullable<Submission['failure']>, 'code' | 'message'> & { readonly remedy?: string | undefined },
  store: Pick<ImageStore, 'changeImage'>,
): AsyncGenerator<DomainEvent> {
  const { code, message, remedy } = failure;
  const now = await store.changeImage(image, (known) => {
    const current = known?.submission;
    if (known === undefined || current?.id !== submission || current.state === 'indexed') return undefined;
    const reason = { code, message, ...(remedy === undefined ? {} : { remedy }) };
    // Work that is replayed needs credentials, unless they were for one job.
    const { origin } = current;
    const kept = origin.kind === 'registry' && origin.forOneJob === true ? withoutCredentials(origin) : origin;
    // The first reason stays: later ones of the same image mostly follow from it.
    return { ...known, submission: { ...current, origin: kept, state: 'failed', failure: current.failure ?? reason } };
  });
  if (now?.submission?.id === submission && now.submission.state === 'failed') {
    yield { kind: 'image.failed', image, submission, code, message };
  }
}

/** Stores a dead letter for a later replay. The image that it concerns has failed, and that is published. */
export async function keepDeadLetter(
  letter: DeadLetter,
  {
    store,
    bus,
  }: {
    readonly store: Pick<DeadLetterStore, 'putDeadLetter'> & Pick<ImageStore, 'changeImage'>;
    readonly bus: Pick<Bus, 'publish'>;
  },
): Promise<void> {
  await store.putDeadLetter(letter);
  const events: BusMessage[] = [];
  for await (const event of failOfDeadLetter(letter, store)) events.push({ event });
  await bus.publish(events);
}

/** Fails the image that the work of a dead letter was for; does nothing for other work. */
async function* failOfDeadLetter(
  { event, code, message }: DeadLetter,
  store: Pick<ImageStore, 'changeImage'>,
): AsyncGenerator<DomainEvent> {
  if (event.kind !== 'work.layer') return;
  yield* failImage(event, { code: code === 'process' ? 'internal' : code, message }, store);
}
