import { realpath } from 'node:fs/promises';
import { ClarionError, type LayerContent, type LayerSource } from '@clarion/model';
import { fileFailure, notThere, statOf } from '../files';
import { isRootFilesystem } from './root-filesystem';
import { walkDirectory } from './walk';

/** A root filesystem or the sources of a project in a directory: one layer without digests, read in place. */
export const directory: LayerSource = {
  id: 'directory',
  async open(reference, options) {
    const stats = await statOf(reference);
    if (stats === undefined) throw notThere(reference);
    if (!stats.isDirectory()) {
      throw new ClarionError('invalid-input', `${reference} is not a directory`, {
        remedy: 'leave the prefix out: the form of an archive is detected from its content',
      });
    }
    const root = await realpath(reference).catch((error: unknown) => {
      throw fileFailure(error, reference);
    });
    return {
      ...((await isRootFilesystem(root)) ? {} : { isSourceTree: true }),
      // Files do not reliably show which architecture they are for.
      image: { reference, platform: options.platform ?? { os: 'linux', architecture: 'unknown' }, layers: [{}] },
      layer(index, signal) {
        if (index !== 0) throw new RangeError(`There is no layer ${index}`);
        const content: LayerContent = {
          kind: 'walk',
          walk: (visitor) => walkDirectory(root, visitor, signal === undefined ? {} : { signal }),
        };
        return Promise.resolve(content);
      },
      close: () => Promise.resolve(),
    };
  },
};
