import { ecosystemOfManifest } from '@clarion/ecosystems';
import { describeDetectorsOff, ecosystemsNotRead, type EffectiveImage, type UnreadEcosystem } from '@clarion/model';

/** What was recognised in an image and not read, unless a detector of the user's own reads it. */
export function unreadEcosystems(image: EffectiveImage): readonly UnreadEcosystem[] {
  return ecosystemsNotRead(image).map(({ id, files, example, layer, detectorsOff }) => ({
    ...{ id, files, example, layer },
    reason: ecosystemOfManifest(example)?.type === id ? ofProjects(id) : reasonOf(id, detectorsOff),
    ...(detectorsOff === undefined ? {} : { detectorsOff }),
  }));
}

/** Manifests of projects without a lock file are found by their names; other files may be among them. */
function ofProjects(id: string): string {
  return `no lock file names the versions of ${id} packages`;
}

function reasonOf(id: string, detectorsOff: readonly string[] | undefined): string {
  if (id === 'generic') return 'no detector recognises these programs';
  const off = detectorsOff === undefined ? '' : ` (${describeDetectorsOff(detectorsOff)})`;
  return `no detector reads ${id} packages${off}`;
}
