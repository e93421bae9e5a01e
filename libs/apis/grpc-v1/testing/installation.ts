/** One process with everything, as the specs of the use cases have it. */
export * from '@clarion/use-cases/testing';
