import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BlobCompression, compressBlob } from './compress';
import type { BuiltImage } from './image';
import { type DockerArchiveForm, dockerArchiveMembers, type OciLayoutOptions, ociLayoutMembers } from './members';
import { buildTar, type TarEntry } from './tar';

type Images = BuiltImage | readonly BuiltImage[];

const list = (images: Images): readonly BuiltImage[] => ('layers' in images ? [images] : images);

/** Writes a `docker save` archive; `compression` applies to the whole archive. */
export function writeDockerArchive(
  target: string,
  images: Images,
  options: { readonly form: DockerArchiveForm; readonly compression?: BlobCompression },
): void {
  writeTar(target, dockerArchiveMembers(list(images), options.form), options.compression);
}

/** Writes an OCI image layout as a tar. */
export function writeOciArchive(
  target: string,
  images: Images,
  options: OciLayoutOptions & { readonly compression?: BlobCompression } = {},
): void {
  writeTar(target, ociLayoutMembers(list(images), options), options.compression);
}

/** Writes an OCI image layout directory, and creates it if necessary. */
export function writeOciLayout(target: string, images: Images, options: OciLayoutOptions = {}): void {
  mkdirSync(target, { recursive: true });
  for (const member of ociLayoutMembers(list(images), options)) {
    const memberPath = path.join(target, member.path);
    if (member.type === 'directory') {
      mkdirSync(memberPath, { recursive: true });
    } else {
      writeFileSync(memberPath, member.content ?? '');
    }
  }
}

function writeTar(target: string, members: readonly TarEntry[], compression: BlobCompression = 'none'): void {
  writeFileSync(target, compressBlob(buildTar(members), compression));
}
