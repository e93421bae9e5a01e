export { type ApiAdapters, apiDependencies } from './api-dependencies';
export { type Apis, openApis } from './open-apis';
export { namesCallers, openAuthenticator } from './open-authenticator';
