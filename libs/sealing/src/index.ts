export { createSealer, newSealingKey, type Sealer } from './sealer';
