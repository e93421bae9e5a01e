export { createSealer, newSealingKey, type Sealer } from './sealer';
export { isSigningKey, parseSigningKey, type SigningKey } from './signing-key';
