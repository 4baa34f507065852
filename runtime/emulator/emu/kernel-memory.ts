/** Where the kernel keeps what, from runtime/firmware/pico.json. */
export interface KernelLayout {
  /** Addresses of variables and of the bounds that the linker script sets. */
  readonly symbols: Readonly<Record<string, number>>;
  /** By struct: its size in bytes, and offset and bytes of its fields. */
  readonly structs: Readonly<
    Record<
      string,
      {
        readonly size: number;
        readonly fields: Readonly<
          Record<string, { readonly offset: number; readonly size: number }>
        >;
      }
    >
  >;
}

/** The memory of the emulated device, bypassing its processor. */
export interface Memory {
  readByte(address: number): number;
}

/** Figures that the core keeps of a container. */
export interface ContainerFigures {
  readonly events: number;
  readonly dropped: number;
  readonly missed: number;
  readonly bindings: number;
  readonly waiting: number;
}

/** Looks into the kernel's variables. */
export class KernelMemory {
  readonly #memory: Memory;
  readonly #layout: KernelLayout;

  constructor(memory: Memory, layout: KernelLayout) {
    this.#memory = memory;
    this.#layout = layout;
  }

  container(index: number): ContainerFigures {
    return {
      events: this.#field(index, "events"),
      dropped: this.#field(index, "dropped"),
      missed: this.#field(index, "missed"),
      bindings: this.#field(index, "bindings"),
      waiting: this.#field(index, "waiting"),
    };
  }

  /** The address of a symbol. Throws a RangeError if the firmware has none of that name. */
  address(name: string): number {
    const address = this.#layout.symbols[name];
    if (address === undefined) throw new RangeError(`the firmware has no symbol ${name}`);
    return address;
  }

  has(name: string): boolean {
    return this.#layout.symbols[name] !== undefined;
  }

  #field(index: number, name: string): number {
    const struct = this.#layout.structs["container"];
    const field = struct?.fields[name];
    if (struct === undefined || field === undefined)
      throw new RangeError(`struct container of the firmware has no ${name}`);
    const at = this.address("containers") + index * struct.size + field.offset;
    let value = 0;
    for (let i = field.size - 1; i >= 0; i--) value = value * 256 + this.#memory.readByte(at + i);
    return value;
  }
}
