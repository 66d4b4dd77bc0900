/** What is loaded when it is first asked for, once; what comes after the window was closed is disposed of. */
export class Lazy<T extends { dispose(): void }> {
  #loaded: T | undefined;
  #loading: Promise<T> | undefined;
  #disposed = false;

  constructor(private readonly load: () => Promise<T>) {}

  /** `undefined` as long as it is not there. */
  get now(): T | undefined {
    return this.#loaded;
  }

  /** Somebody has asked for it. */
  get isWanted(): boolean {
    return this.#loading !== undefined;
  }

  get(): Promise<T> {
    return (this.#loading ??= this.load().then((loaded) => {
      if (this.#disposed) loaded.dispose();
      return (this.#loaded = loaded);
    }));
  }

  dispose(): void {
    this.#disposed = true;
    this.#loaded?.dispose();
  }
}
