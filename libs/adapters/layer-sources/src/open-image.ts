import { ClarionError, type LayerSource, type OpenedImage, type OpenOptions } from '@clarion/model';
import { notThere, statOf } from './files';
import { exampleNames, parseReference, referenceRemedy, refuseAddress } from './reference';
import type { RegistrySourceOptions } from './registry';

/** How to open an image from anywhere: what every source understands, and what only registries do. */
export interface OpenImageOptions extends OpenOptions, RegistrySourceOptions {
  /** Whether a name without prefix is looked up in the container engines of this machine before a registry. */
  readonly local?: boolean;
}

/** Each source is loaded on first use: reading a file needs no registry code. */
const sources = new Map<string, (options: OpenImageOptions) => Promise<LayerSource>>([
  ['docker-archive', async () => (await import('./docker-archive')).dockerArchive],
  ['oci-archive', async () => (await import('./oci-layout/archive')).ociArchive],
  ['oci', async () => (await import('./oci-layout')).ociLayout],
  ['dir', async () => (await import('./directory')).directory],
  ['docker', async () => (await import('./local-engine')).localEngine('docker')],
  ['podman', async () => (await import('./local-engine')).localEngine('podman')],
  ['containerd', async () => (await import('./local-engine')).localEngine('containerd')],
  ['registry', async (options) => (await import('./registry')).registrySource(options)],
]);

/**
 * Opens the image of `reference`: by its prefix (`docker-archive:`, `oci-archive:`, `oci:`, `dir:`, `docker:`,
 * `podman:`, `containerd:`, `registry:`), else a file or directory with that name, else, with `local`, in the container
 * engines of this machine, else in a registry. Throws `ClarionError` with a remedy.
 */
export async function openImage(reference: string, options: OpenImageOptions = {}): Promise<OpenedImage> {
  refuseAddress(reference, otherMeanings);
  const colon = reference.indexOf(':');
  const prefix = reference.slice(0, Math.max(colon, 0));
  const rest = reference.slice(colon + 1);
  if (prefix === 'sbom') {
    throw new ClarionError('unsupported', 'SBOM files cannot be read yet', {
      remedy: 'name the image, or an archive or directory of it',
    });
  }
  const named = sources.get(prefix);
  if (named !== undefined) {
    if (rest === '') throw new ClarionError('invalid-input', `Nothing follows the prefix ${prefix}:`);
    return (await named(options)).open(rest, options);
  }
  const kind = await sourceOf(reference);
  if (kind === 'registry') return openByName(reference, options);
  const source = await sources.get(kind)?.(options);
  if (source === undefined) throw new TypeError(`There is no source ${kind}`);
  return source.open(reference, options);
}

/** Alternatives for an address: container engines, and registries without TLS. */
function otherMeanings(scheme: string, name: string): readonly string[] {
  if (scheme === 'docker') return [`docker:${name} for the image that docker has on this machine`];
  return scheme === 'http' ? ['the same with --insecure-registry where the registry has no TLS'] : [];
}

/** A name: an image of a local engine, if these are enabled, else one of a registry. */
async function openByName(reference: string, options: OpenImageOptions): Promise<OpenedImage> {
  if (options.local === true) {
    const { findInEngines } = await import('./local-engine');
    const found = await findInEngines(reference, options);
    if (found !== undefined) return found;
  }
  const { registrySource } = await import('./registry');
  try {
    return await registrySource(options).open(reference, options);
  } catch (error) {
    throw await withLocalHint(error, reference, options);
  }
}

const absentCodes = new Set<ClarionError['code']>(['not-found', 'unauthorized', 'upstream-unavailable']);

/** Who builds an image and scans it by its name often means the one of the local engine. */
async function withLocalHint(error: unknown, reference: string, options: OpenImageOptions): Promise<unknown> {
  if (options.local === true || !(error instanceof ClarionError) || !absentCodes.has(error.code)) return error;
  const { enginesHere } = await import('./local-engine/sockets');
  const [engine] = enginesHere();
  if (engine === undefined) return error;
  const hint = `for the image that ${engine} on this machine has, write ${engine}:${reference} or set CLARION_LOCAL=true`;
  const remedy = error.remedy === undefined ? hint : `${error.remedy}; ${hint}`;
  return new ClarionError(error.code, error.message, { cause: error, remedy });
}

/** The source for a reference without prefix. Throws `not-found` for an obvious path. */
async function sourceOf(reference: string): Promise<string> {
  const stats = await statOf(reference);
  if (stats?.isDirectory() === true) {
    const { isLayoutDirectory, isSkopeoDirectory } = await import('./oci-layout');
    return (await isLayoutDirectory(reference)) || (await isSkopeoDirectory(reference)) ? 'oci' : 'dir';
  }
  if (stats !== undefined) return 'docker-archive';
  if (looksLikePath(reference)) {
    throw notThere(reference);
  }
  if (parseReference(reference) === undefined) {
    throw new ClarionError('invalid-input', `"${reference.slice(0, 300)}" is neither a file nor an image reference`, {
      remedy:
        referenceRemedy(reference) ?? `name an image like ${exampleNames}, or an archive or directory that exists`,
    });
  }
  return 'registry';
}

/** Obviously not an image name: rooted or dotted paths, and archives by their suffix that are not references. */
function looksLikePath(reference: string): boolean {
  if (/^(?:\/|\.\.?\/|~)/.test(reference)) return true;
  return (
    /\.(?:tar|tgz|gz|zst|xz|bz2)$/i.test(reference) ||
    (parseReference(reference) === undefined && reference.includes('/') && referenceRemedy(reference) === undefined)
  );
}
