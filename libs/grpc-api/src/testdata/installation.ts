/** One process with everything, as the specs of the use cases have it. */
export * from '../../../use-cases/src/testdata/installation';
