export { openImage, type OpenImageOptions } from './open-image';
export { formatReference, parseReference, type ImageReference } from './reference';
export type { RegistrySourceOptions } from './registry';
export type { CredentialLookup, Credentials } from './registry/credentials';
export { openSubmittedImage, parseCredentials, type SubmittedImageOptions } from './submitted-image';
