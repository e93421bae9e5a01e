// Tests of running time are left out: they take seconds a mutant, and what they would notice is noticed by no other.
const { it } = globalThis;

globalThis.it = Object.assign((name, ...rest) => (/linear time/.test(name) ? it.skip : it)(name, ...rest), it);
