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

/** The texts in a box that have not enough room or could be scrolled sideways, as drawn. */
export function cutIn(box: Locator): Promise<readonly string[]> {
  return box.evaluate((element) => {
    interface Part extends Drawn {
      querySelectorAll(selector: string): Iterable<Part>;
    }
    const page = globalThis as unknown as { getComputedStyle(part: Part): { readonly overflowX: string } };
    const root = element as unknown as Part;
    return [root, ...root.querySelectorAll('*')]
      .filter((part) => page.getComputedStyle(part).overflowX !== 'visible' && part.textContent.trim() !== '')
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
      .map(
        ({ textContent, scrollWidth, clientWidth }) =>
          `${textContent}: ${scrollWidth} px in ${clientWidth} px`,
      );
  });
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

/** How far a box can be scrolled sideways, in px. */
export function sidewaysPx(box: Locator): Promise<number> {
  return box.evaluate((element) => {
    const { scrollWidth, clientWidth } = element as unknown as Drawn;
    return scrollWidth - clientWidth;
  });
}
