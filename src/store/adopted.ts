import type { Memento } from 'vscode';
import type { KindId } from '../health/report';
import { parseEntries } from './entries';
import { fieldsOf, hasFields, listOf, Stored, type Parse, type WriteLine } from './stored';

/** A found daemon that is watched without the user having said so. */
export interface Adopted {
  readonly name: string;
  readonly kind: KindId;
  readonly origin: string;
  /** What it was adopted for: another database on its port is another daemon. */
  readonly database?: string;
  /** Where the same daemon was before something else took its port. */
  readonly movedFromPort?: number;
}

/** What discovery decided; kept with the workspace. */
export interface Adoption {
  readonly adopted: readonly Adopted[];
  /** Origins of built-in defaults that are not looked for now, since their daemon moved. */
  readonly retired: readonly string[];
}

const NOTHING: Adoption = { adopted: [], retired: [] };

/** Which daemons are watched, and which are not offered, without the settings saying so. */
export class AdoptedDaemons {
  readonly #adoption: Stored<Adoption>;
  readonly #ignored: Stored<readonly string[]>;

  /**
   * @param workspaceState keeps what was adopted
   * @param globalState keeps what was ignored, for all windows
   */
  constructor(workspaceState: Memento, globalState: Memento, log: WriteLine) {
    this.#adoption = new Stored(workspaceState, 'discovery', parseAdoption, log);
    this.#ignored = new Stored(globalState, 'ignoredDaemons', listOf(isText), log);
  }

  get adoption(): Adoption {
    return this.#adoption.value ?? NOTHING;
  }

  async keep(adoption: Adoption): Promise<void> {
    // What else a newer version keeps there stays.
    await this.#adoption.update({ ...this.adoption, ...adoption });
  }

  /** What tells the ignored daemons from others. */
  get ignored(): readonly string[] {
    return this.#ignored.value ?? [];
  }

  async ignore(identity: string): Promise<void> {
    await this.#ignored.update([...new Set([...this.ignored, identity])]);
  }

  async forgetIgnored(): Promise<void> {
    await this.#ignored.update(undefined);
  }
}

const parseAdoption: Parse<Adoption> = (raw, leave) => {
  if (parseEntries(raw) === undefined) return undefined;
  const fields = fieldsOf(raw);
  const adopted = listOf(isAdopted)(fields.adopted ?? [], leave);
  const retired = listOf(isText)(fields.retired ?? [], leave);
  if (!adopted || !retired) leave(raw);
  return { ...fields, adopted: adopted ?? [], retired: retired ?? [] };
};

function isAdopted(value: unknown): value is Adopted {
  const { origin } = fieldsOf(value);
  return (
    hasFields(
      value,
      { name: 'string', kind: 'string', origin: 'string' },
      { database: 'string', movedFromPort: 'number' },
    ) &&
    URL.canParse(String(origin)) &&
    new URL(String(origin)).origin === origin
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
