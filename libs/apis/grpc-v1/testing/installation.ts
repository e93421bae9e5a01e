/** One process with everything, as in the specs of the use cases. */
export * from '@clarion/use-cases/testing';
