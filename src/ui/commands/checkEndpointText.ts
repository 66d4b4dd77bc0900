import { plain } from '../shared/markdown';

export const CHECK = {
  title: plain('Check a Health Endpoint'),
  question: plain('Type the address of a health answer, or the whole path of a file'),
  checkIt: plain('say what the answer lacks'),
  checking: (place: string) => plain(`Asking ${place}`),
  remote: 'Set daemonHealth.allowRemote to ask other machines.',
  document: 'Health Check.txt',
} as const;
