import { ClarionError, type LayerDescriptor, type OpenedImage, type OpenOptions, type Platform } from '@clarion/model';
import { shortenSteps } from '../build-steps';
import { entriesOf, member, parseDocument, type DocumentShape, textMember } from '../json';
import { atMost, describeLimits } from '../limits';
import { parsePlatform } from '../manifest';
import { selectByName } from '../named-images';
import { fitsPlatform, platformMissing } from '../platform-choice';
import type { TarArchive } from '../tar-archive';
import { openedFrom, requireLayers } from './saved';

const layerShape: DocumentShape = { parent: {}, os: {}, architecture: {}, variant: {}, container_config: { Cmd: {} } };

const layerJson = /^([^/]{1,255})\/json$/;

/** Whether an archive has the format before manifest.json: one directory per layer, whose `json` names the parent. */
export function isLegacyArchive(archive: TarArchive): boolean {
  return archive.has('repositories') || archive.names.some((name) => layerJson.test(name));
}

interface LegacyLayer {
  readonly id: string;
  readonly parent: string | undefined;
  readonly platform: Platform | undefined;
  readonly createdBy: string | undefined;
}

async function readLayer(archive: TarArchive, id: string): Promise<LegacyLayer> {
  const name = `${id}/json`;
  if (!archive.has(name)) {
    throw new ClarionError('corrupt-data', `${archive.label} lacks the layer ${id}`, {
      remedy: 'save the image again',
    });
  }
  const bytes = await archive.read(name, describeLimits.configBytes);
  const json = parseDocument(bytes, `${name} of ${archive.label}`, layerShape);
  const command = member(member(json, 'container_config'), 'Cmd');
  const step = Array.isArray(command) ? command.filter((word) => typeof word === 'string').join(' ') : undefined;
  return {
    id,
    parent: textMember(json, 'parent'),
    platform: parsePlatform(json),
    createdBy: shortenSteps([step])[0],
  };
}

/** The layers of an image, base first. Throws on loops and broken chains. */
async function readChain(archive: TarArchive, top: string): Promise<readonly LegacyLayer[]> {
  const chain: LegacyLayer[] = [];
  const seen = new Set<string>();
  for (let id: string | undefined = top; id !== undefined;) {
    if (seen.has(id)) throw new ClarionError('corrupt-data', `The layers of ${archive.label} are their own parents`);
    seen.add(id);
    atMost(seen.size, describeLimits.layers, `Layers of an image in ${archive.label}`);
    const layer = await readLayer(archive, id);
    chain.push(layer);
    id = layer.parent;
  }
  return chain.reverse();
}

interface LegacyImage {
  readonly names: readonly string[];
  readonly top: string;
}

/** Images by `repositories`; without that file, the layers without children. */
async function listImages(archive: TarArchive): Promise<readonly LegacyImage[]> {
  const named = archive.has('repositories') ? await readRepositories(archive) : [];
  if (named.length > 0) return named;
  const ids = archive.names.flatMap((name) => layerJson.exec(name)?.[1] ?? []);
  atMost(ids.length, describeLimits.layers, `Layers in ${archive.label}`);
  const layers = await Promise.all(ids.map((id) => readLayer(archive, id)));
  const parents = new Set(layers.map((layer) => layer.parent));
  return ids.filter((id) => !parents.has(id)).map((id) => ({ names: [id], top: id }));
}

async function readRepositories(archive: TarArchive): Promise<readonly LegacyImage[]> {
  const bytes = await archive.read('repositories', describeLimits.manifestBytes);
  const byTop = new Map<string, string[]>();
  for (const [repository, tags] of entriesOf(parseDocument(bytes, `repositories of ${archive.label}`, {}))) {
    for (const [tag, top] of entriesOf(tags)) {
      if (typeof top === 'string') byTop.set(top, [...(byTop.get(top) ?? []), `${repository}:${tag}`]);
    }
  }
  return [...byTop].map(([top, names]) => ({ names, top }));
}

/** Opens an image of the form 1.0. It states no digests: what its layers are is known once they are read. */
export async function openLegacyArchive(archive: TarArchive, options: OpenOptions): Promise<OpenedImage> {
  const { label } = archive;
  const [image, another] = selectByName(await listImages(archive), { label, name: options.imageName });
  if (another !== undefined) {
    throw new ClarionError('invalid-input', `${label} holds different images named ${options.imageName ?? ''}`, {
      remedy: 'save the image again, alone',
    });
  }
  if (image === undefined) throw new ClarionError('not-found', `${label} holds no image`);
  const chain = await readChain(archive, image.top);
  const { platform: requested } = options;
  const platform = chain.at(-1)?.platform ?? requested ?? { os: 'linux', architecture: 'unknown' };
  if (requested !== undefined && !fitsPlatform(platform, requested))
    throw platformMissing(label, requested, [platform]);
  const files = chain.map((layer) => `${layer.id}/layer.tar`);
  requireLayers(archive, files);
  const steps = shortenSteps(chain.map(({ createdBy }) => createdBy));
  const layers = steps.map((createdBy): LayerDescriptor => (createdBy === undefined ? {} : { createdBy }));
  return openedFrom(archive, { reference: label, platform, layers }, files);
}
