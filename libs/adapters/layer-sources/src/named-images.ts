import { ClarionError, type Digest } from '@clarion/model';
import { sameImageName } from './reference';

/** One of the images of an archive or layout, under all its names. */
export interface NamedImage {
  readonly names: readonly string[];
}

interface NameChoice {
  readonly label: string;
  readonly name: string | undefined;
}

/**
 * The images with a name; all of them if no name is requested and all have the same names (then they differ by
 * platform). Throws `not-found` or, if a name is required, `invalid-input`; both list the available names.
 */
export function selectByName<T extends NamedImage>(images: readonly T[], { label, name }: NameChoice): readonly T[] {
  const known = [...new Set(images.flatMap((image) => image.names))].sort();
  const list = known.length === 0 ? 'its images have no names' : `there are: ${known.slice(0, 30).join(', ')}`;
  if (name !== undefined) {
    const found = images.filter((image) => image.names.some((one) => sameImageName(one, name)));
    if (found.length > 0) return found;
    throw new ClarionError('not-found', `${label} has no image named ${name}`, { remedy: list });
  }
  const groups = new Set(images.map((image) => [...image.names].sort().join('\n')));
  if (groups.size > 1) {
    throw new ClarionError('invalid-input', `${label} holds ${groups.size} images`, {
      remedy: `choose one with --image; ${list}`,
    });
  }
  return images;
}

/** Further images of one name and platform, or the digests of all of them. */
interface Ambiguity {
  /** What they share, as in `x holds 2 images for linux/amd64`. */
  readonly shared: string;
  readonly digests: readonly Digest[];
}

/**
 * The error for different images with one name and platform. Programs disagree on which of them is meant: `docker load`
 * and containerd give the name to the last one of an archive, while most take the first one of an index.
 */
export function ambiguousImage(label: string, { shared, digests }: Ambiguity): ClarionError {
  const [first, second] = digests;
  const more = digests.length > 2 ? ` and ${digests.length - 2} more` : '';
  return new ClarionError(
    'invalid-input',
    `${label} holds different images ${shared}: ${first ?? ''} and ${second ?? ''}${more}`,
    { remedy: 'choose one by its digest: with --image DIGEST of an archive or layout, as NAME@DIGEST of a registry' },
  );
}
