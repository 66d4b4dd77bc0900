import { Notices, type NoticesDeps } from './notices';
import { Notifications, type NotificationsDeps } from './notifications';

export type DoorDeps = NotificationsDeps & Pick<NoticesDeps, 'finished' | 'focusedSinceMs'>;

export interface Door {
  readonly notifications: Notifications;
  readonly notices: Notices;
  dispose(): void;
}

/** Opens the one door of notifications. This file is a chunk of its own, loaded with the first thing to tell. */
export function openDoor(deps: DoorDeps): Door {
  const notifications = new Notifications(deps);
  const notices = new Notices({ ...deps, door: notifications });
  return {
    notifications,
    notices,
    dispose: () => {
      notices.dispose();
      notifications.dispose();
    },
  };
}
