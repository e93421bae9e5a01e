export { createHarborApi, type HarborApiOptions } from './harbor-api';
