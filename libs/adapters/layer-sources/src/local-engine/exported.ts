import { ClarionError, type LayerSource } from '@clarion/model';
import { openArchive } from '../docker-archive';
import { openStreamedArchive } from '../tar-archive';
import { callEngine, engineMessage } from './engine-api';
import { type EngineName, engineSocket } from './sockets';

/** Unpacked bytes of an image that an engine exports: those that a layer may have, of some layers. */
const maxBytes = 64 * 1024 ** 3;

/**
 * Images of Docker and podman, in the format of `docker save`. The engine streams the whole image into a temporary
 * file, which is opened like any archive: an engine's declarations about its layers are not trusted more than those of
 * a file.
 */
export function exportingEngine(engine: Exclude<EngineName, 'containerd'>): LayerSource {
  return {
    id: engine,
    async open(reference, options) {
      const { signal } = options;
      const path = `/images/${encodeURIComponent(reference)}/get`;
      const answer = await callEngine({ engine, socket: engineSocket(engine), path, signal });
      if (answer.statusCode !== 200) {
        const said = await engineMessage(answer);
        if (answer.statusCode === 404 || /no such image|not found|image not known/i.test(said)) {
          throw unknownImage(engine, reference);
        }
        throw new ClarionError('upstream-unavailable', `${engine} does not give the image ${reference}: ${said}`);
      }
      const label = `${engine}:${reference}`;
      const archive = await openStreamedArchive(answer, {
        label,
        maxBytes,
        ...(signal === undefined ? {} : { signal }),
      });
      try {
        const opened = await openArchive(archive, options);
        return { ...opened, image: { ...opened.image, reference } };
      } catch (error) {
        await archive.close();
        throw error;
      }
    },
  };
}

export function unknownImage(engine: EngineName, reference: string): ClarionError {
  const list = { docker: 'docker images', podman: 'podman images', containerd: 'ctr images list' }[engine];
  return new ClarionError('not-found', `${engine} has no image ${reference}`, {
    remedy: `see what it has with: ${list}; the image ${engine} of a registry is named registry:${engine}:${reference}`,
  });
}
