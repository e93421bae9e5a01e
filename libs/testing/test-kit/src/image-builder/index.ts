export { type BlobCompression, canCompress, compressBlob } from './compress';
export { type FlatDirectory, flatPaths, flattenLayers, type FlatNode, type FlatLocation, lookUp } from './flatten';
export { type BuiltImage, type BuiltLayer, buildImage, type ImageRecipe, sha256 } from './image';
export { type DockerArchiveForm, dockerArchiveMembers, ociLayoutMembers, type OciLayoutOptions } from './members';
export { buildTar, directory, file, hardlink, nullDevice, opaque, symlink, type TarEntry, whiteout } from './tar';
export { writeDockerArchive, writeOciArchive, writeOciLayout } from './write';
export { type OpenedBuiltImage, openBuiltImage } from './open';
export { base256, endBlocks, member, octal, padded, pax, paxRecord, type RawHeader, rawHeader } from './raw-tar';
