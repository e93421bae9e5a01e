import { ClarionError, type DomainEvent, type StoredImage, type Submission, type ImageStore } from '@clarion/model';
import type { SubmissionKey } from './submission-key';
import { failImage } from './fail-image';

/** How many times work may start and not finish before its image fails. */
export const maxAttempts = 3;

/** A part of the work on a submission, as `Submission.attempts` names it. */
export type AttemptPart = `layer ${number}` | 'composition';

export interface PartOfImage extends SubmissionKey {
  readonly part: AttemptPart;
}

type ChangesImages = Pick<ImageStore, 'changeImage'>;

/**
 * Records that a part of the work starts, before it does, so that whatever ends the process or the machine counts as
 * well. Throws `limit-exceeded` when it was started too often.
 */
export async function beginAttempt(of: PartOfImage, store: ChangesImages): Promise<void> {
  const seen: { before?: NonNullable<Submission['attempts']>[string] | undefined } = {};
  await store.changeImage(of.image, (known) => {
    const current = currentOf(known, of);
    seen.before = current?.attempts?.[of.part];
    const { count = 0, ...before } = seen.before ?? {};
    if (known === undefined || current === undefined || count >= maxAttempts) return undefined;
    const attempts = { ...current.attempts, [of.part]: { ...before, count: count + 1 } };
    const state = current.state === 'queued' ? 'indexing' : current.state;
    return { ...known, submission: { ...current, state, attempts } };
  });
  if (seen.before !== undefined && seen.before.count >= maxAttempts) throw tooManyAttempts(of, seen.before.reason);
}

/** The part ended, with success or with an error that the process survived: this attempt does not count. */
export async function endAttempt(of: PartOfImage, store: ChangesImages): Promise<void> {
  await store.changeImage(of.image, (known) => {
    const current = currentOf(known, of);
    const { [of.part]: begun, ...others } = current?.attempts ?? {};
    if (known === undefined || current === undefined || begun === undefined) return undefined;
    const left = begun.count > 1 ? { [of.part]: { ...begun, count: begun.count - 1 } } : {};
    return { ...known, submission: withAttempts(current, { ...others, ...left }) };
  });
}

/**
 * Records what ended the process of a part. Fails the image when that was the last attempt; throws
 * `upstream-unavailable` before, so that the bus retries.
 */
export async function* recordCrash(of: PartOfImage, reason: string, store: ChangesImages): AsyncGenerator<DomainEvent> {
  const stored = await store.changeImage(of.image, (known) => {
    const current = currentOf(known, of);
    const begun = current?.attempts?.[of.part];
    if (known === undefined || current === undefined || begun === undefined) return undefined;
    return { ...known, submission: { ...current, attempts: { ...current.attempts, [of.part]: { ...begun, reason } } } };
  });
  const count = currentOf(stored, of)?.attempts?.[of.part]?.count ?? 0;
  if (count < maxAttempts) {
    throw new ClarionError('upstream-unavailable', `${subjectOf(of)} ${reason} (attempt ${count} of ${maxAttempts})`);
  }
  yield* failImage(of, tooManyAttempts(of, reason), store);
}

function tooManyAttempts(of: PartOfImage, reason = 'ended its process each time'): ClarionError {
  return new ClarionError('limit-exceeded', `${subjectOf(of)} ${reason}; given up after ${maxAttempts} attempts`, {
    remedy: 'look at the log of that time; submit the image again when limits were raised',
  });
}

function subjectOf({ image, part }: PartOfImage): string {
  if (part === 'composition') return `Composing the image ${image}`;
  return `Reading layer ${Number(part.slice('layer '.length)) + 1} of ${image}`;
}

/** The submission, if it is still the current one. */
function currentOf(known: StoredImage | undefined, { submission }: SubmissionKey): Submission | undefined {
  const current = known?.submission;
  return current?.id === submission && current.state !== 'indexed' ? current : undefined;
}

function withAttempts({ attempts: _, ...rest }: Submission, attempts: NonNullable<Submission['attempts']>): Submission {
  return Object.keys(attempts).length === 0 ? rest : { ...rest, attempts };
}
