export { directoryUpstream, type DirectoryOptions } from './directory-upstream';
export { feedUpstream, type FeedLocation, type FeedUpstreamOptions } from './feed-upstream';
export { httpUpstream, type HttpOptions } from './http-upstream';
export { mirrorUpstream, type MirrorOptions } from './mirror-upstream';
export { openScratchFile, type ScratchFile } from './scratch-file';
export { feedsFrom, feedsFromNetwork, localFolderOf, type UpstreamChoice, type UpstreamFor } from './upstream-choice';
