export { openImage, type OpenImageOptions } from './open-image';
export {
  emptyFile,
  fillFile,
  openStoredUpload,
  openUploadedArchive,
  storeUpload,
  type UploadedArchiveOptions,
} from './uploaded-archive';
export { formatReference, parseReference, type ImageReference } from './reference';
export type { RegistrySourceOptions } from './registry';
export type { CredentialLookup, RegistryAuthentication } from './registry/credential-lookup';
export { openSubmittedImage, parseCredentials, type SubmittedImageOptions } from './submitted-image';
export { referenceName, resolveImage, type ResolveImageOptions, type ResolvedReference } from './resolve-image';
