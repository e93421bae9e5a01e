export { apiDependencies } from './api-dependencies';
export { type ApiAdapters, openAdapters } from './open-adapters';
export { type ListeningApis, openApis } from './open-apis';
export { namesCallers, openAuthenticator } from './open-authenticator';
