/** What is loaded when it is first asked for, once; what comes after the window was closed is disposed of. */
export class Lazy<T extends object> {
  #loaded: (T & { dispose?: () => void }) | undefined;
  #loading: Promise<T> | undefined;
  #disposed = false;

  /** @param onError is told why something that was passed on was not done */
  constructor(
    private readonly load: () => Promise<T>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** `undefined` as long as it is not there. */
  get now(): T | undefined {
    return this.#loaded;
  }

  /** Somebody has asked for it. */
  get isWanted(): boolean {
    return this.#loading !== undefined;
  }

  /** Rejects where loading failed; who asks next tries again. */
  get(): Promise<T> {
    if (this.#loading) return this.#loading;
    const loading = (this.#loading = this.load());
    loading.then(
      (loaded) => {
        this.#loaded = loaded;
        if (this.#disposed) this.dispose();
      },
      () => (this.#loading = undefined),
    );
    return loading;
  }

  /** Hands it over: at once where it is there, else once it is loaded. */
  pass(act: (loaded: T) => void): void {
    if (this.#loaded) act(this.#loaded);
    else this.get().then(act).catch(this.onError);
  }

  dispose(): void {
    this.#disposed = true;
    this.#loaded?.dispose?.();
  }
}
