export * from './generated/clarion/v1/feed';
export * from './generated/clarion/v1/history';
export * from './generated/clarion/v1/image';
export * from './generated/clarion/v1/notification';
export * from './generated/clarion/v1/severity';
export * from './generated/clarion/v1/vulnerability';
