import { ClarionError, type DetectorInfo, type FileFilter } from '@clarion/model';

/** Members of file filters that layers are not read by yet. */
const unserved = ['executable', 'magic', 'excerpt'] as const satisfies readonly (keyof FileFilter)[];

/**
 * Throws `unsupported` if a detector asks for something that no layer can be read by: without that condition it would
 * be given other files, or more of them than its service can take.
 */
export function requireServed(detectors: readonly Pick<DetectorInfo, 'id' | 'files'>[]): void {
  for (const { id, files } of detectors) {
    const member = unserved.find((name) => files[name] !== undefined && files[name] !== false);
    if (member === undefined) continue;
    throw new ClarionError(
      'unsupported',
      `The detector ${id} asks for files by ${member}, which is not supported yet`,
      {
        remedy: 'leave its service out of the configuration, or have it name whole files by their paths',
      },
    );
  }
}
