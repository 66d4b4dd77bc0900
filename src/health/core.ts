/** All that moves daemons on, one by one and together: a chunk of its own, loaded while the first answer is waited for. */
export { advance } from './advance';
export { across, isToBeLookedAt } from './across';
