import {
  ClarionError,
  type Digest,
  formatTag,
  isDigest,
  type TagName,
  tagOf,
  type TagPeriod,
  type TagStore,
} from '@clarion/model';
import { splitTime, timeFault, timeOf } from '@clarion/history';
import type { UseCaseContext } from '../context';

/** An image that a text names, and the time that it asks for. */
export interface NamedImage {
  readonly reference: string;
  readonly digest: Digest;
  /** In the form of stores; absent: now. */
  readonly at?: string;
}

/**
 * The image of `REF[@TIME]`: a digest, a reference by digest, or a tag, which means the image that it named at that
 * time. Asks no registry. Throws `not-found` and `invalid-input`.
 * @param known The image that it meant, where that was decided before.
 */
export async function resolveImage(text: string, context: UseCaseContext, known?: Digest): Promise<NamedImage> {
  const fault = timeFault(text);
  if (fault !== undefined) throw fault;
  const { reference, time } = splitTime(text);
  const timed = time === undefined ? {} : { at: timeOf(time, context.now()) };
  const digest = reference.slice(reference.indexOf('@') + 1);
  if (isDigest(digest)) return { reference, digest, ...timed };
  const tag = tagOf(context.referenceName(reference));
  if (tag === undefined) throw new ClarionError('invalid-input', `${reference.slice(0, 200)} names no image`);
  return { reference, digest: known ?? (await imageOfTag(tag, timed.at, context)), ...timed };
}

const periodsAtOnce = 100;

/** The image that a tag names, or named at a time. Throws `not-found`. */
async function imageOfTag(tag: TagName, at: string | undefined, deps: { readonly store: TagStore }): Promise<Digest> {
  const period = await periodOfTag(tag, at, deps);
  if (period === undefined) throw unknownTag(tag);
  const { image, from } = period;
  if (at === undefined || from <= at) return image;
  throw new ClarionError('not-found', `${formatTag(tag)} is not known at ${at}`, { remedy: `it is since ${from}` });
}

/**
 * What a tag names, or named at a time (RFC 3339); the first that is known of it where that is later. Undefined for an
 * unknown tag.
 */
export async function periodOfTag(
  tag: TagName,
  at: string | undefined,
  { store }: { readonly store: TagStore },
): Promise<TagPeriod | undefined> {
  let after: string | undefined;
  let first: TagPeriod | undefined;
  do {
    const limit = at === undefined ? 1 : periodsAtOnce;
    const page = await store.tagPeriods(tag, { limit, ...(after === undefined ? {} : { after }) });
    const period = page.items.find(({ from }) => at === undefined || from <= at);
    if (period !== undefined) return period;
    first = page.items.at(-1) ?? first;
    after = page.next;
  } while (after !== undefined);
  return first;
}

export function unknownTag(tag: TagName): ClarionError {
  return new ClarionError('not-found', `The tag ${formatTag(tag)} is not known`, {
    remedy: 'submit the image by this reference first',
  });
}
