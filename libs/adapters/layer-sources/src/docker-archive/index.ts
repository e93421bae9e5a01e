import { ClarionError, type LayerSource, type OpenedImage, type OpenOptions } from '@clarion/model';
import { carriesLayout, openLayoutInArchive } from '../oci-layout/archive';
import { openTarArchive, type TarArchive } from '../tar-archive';
import { isLegacyArchive, openLegacyArchive } from './legacy';
import { openSavedArchive, refuseOtherImages } from './saved';

/** Opens an image of an archive; the members of the archive determine its format. */
export async function openArchive(archive: TarArchive, options: OpenOptions): Promise<OpenedImage> {
  if (carriesLayout(archive)) {
    const opened = await openLayoutInArchive(archive, options);
    if (archive.has('manifest.json')) await refuseOtherImages(archive, opened.image, options);
    return opened;
  }
  if (archive.has('manifest.json')) return openSavedArchive(archive, options);
  if (isLegacyArchive(archive)) return openLegacyArchive(archive, options);
  throw new ClarionError('invalid-input', `${archive.label} is a tar but holds no image`, {
    remedy: 'it has neither manifest.json nor oci-layout; unpack a root filesystem and use dir:',
  });
}

/** What `docker save` and its relatives write, of any age, plain or compressed. */
export const dockerArchive: LayerSource = {
  id: 'docker-archive',
  async open(reference, options) {
    const archive = await openTarArchive(reference, options.signal);
    try {
      return await openArchive(archive, options);
    } catch (error) {
      await archive.close();
      throw error;
    }
  },
};
