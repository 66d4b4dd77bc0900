import type { Locator } from 'playwright-core';

/** A button as the browser laid it out, in px. */
interface Drawn {
  readonly textContent: string;
  readonly scrollWidth: number;
  readonly clientWidth: number;
}

/** The buttons of notifications. */
export function buttonsOf(notifications: Locator): Locator {
  return notifications.locator('.notification-list-item-buttons-container .monaco-button');
}

/** The buttons whose labels have not enough room, as drawn. */
export function cutButtons(notifications: Locator): Promise<readonly string[]> {
  return buttonsOf(notifications).evaluateAll((elements) =>
    (elements as unknown as Drawn[])
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(
        ({ textContent, scrollWidth, clientWidth }) =>
          `${textContent}: ${scrollWidth} px in ${clientWidth} px`,
      ),
  );
}
