import { Notices } from './notices';
import { Notifications, type NotificationsDeps } from './notifications';

export interface Door {
  readonly notifications: Notifications;
  readonly notices: Notices;
  dispose(): void;
}

/** Opens the one door of notifications. This file is a chunk of its own, loaded with the first thing to tell. */
export function openDoor(deps: NotificationsDeps): Door {
  const notifications = new Notifications(deps);
  return {
    notifications,
    notices: new Notices({ ...deps, door: notifications }),
    dispose: () => notifications.dispose(),
  };
}
