import { ClarionError, type OpenedImage, type OpenOptions, type LayerSource } from '@clarion/model';
import type { EngineName } from './sockets';

const engines: Readonly<Record<EngineName, () => Promise<LayerSource>>> = {
  docker: async () => (await import('./exported')).exportingEngine('docker'),
  podman: async () => (await import('./exported')).exportingEngine('podman'),
  containerd: async () => (await import('./containerd')).containerd,
};

/** Images of a container engine on this machine, over its Unix socket. */
export function localEngine(name: EngineName): Promise<LayerSource> {
  return engines[name]();
}

/**
 * The image of the first engine that has it; undefined if none has it, or if there are no engines. Throws the error of
 * an engine that failed, unless another one has the image.
 */
export async function findInEngines(reference: string, options: OpenOptions): Promise<OpenedImage | undefined> {
  const failures: unknown[] = [];
  for (const name of Object.keys(engines) as EngineName[]) {
    try {
      return await (await localEngine(name)).open(reference, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof ClarionError && error.code === 'not-found')) failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return undefined;
}
