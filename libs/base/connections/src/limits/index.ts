// A separate entry point: options of `serve` are made of these at every start, which must not load what listens.
export * from './caller-limits';
