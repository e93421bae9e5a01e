import { ClarionError } from '@clarion/model';
import { sameImageName } from './reference';

/** One of the images of an archive or layout, under all names it has there. */
export interface Named {
  readonly names: readonly string[];
}

interface Wish {
  readonly label: string;
  readonly name: string | undefined;
}

/**
 * The images a name stands for; all of them when none is asked for and all have the same names (then they differ by
 * platform). Throws `not-found` or, when a name is needed, `invalid-input`; both list the names there are.
 */
export function selectByName<T extends Named>(images: readonly T[], { label, name }: Wish): readonly T[] {
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
