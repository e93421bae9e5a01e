export * from './caller-limits';
export * from './end-connections';
export * from './is-http2';
export * from './listen-for-connections';
export * from './serve-http';
