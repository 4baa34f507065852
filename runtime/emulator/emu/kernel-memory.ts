/** Where the kernel keeps what: of runtime/firmware/pico.json, what is needed here. */
export interface KernelLayout {
  readonly symbols: Readonly<Record<string, readonly [address: number, bytes: number]>>;
  /** By struct: its size in bytes, and its fields. */
  readonly structs: Readonly<Record<string, StructLayout>>;
}

export interface StructLayout {
  readonly bytes: number;
  readonly fields: Readonly<Record<string, readonly [offset: number, bytes: number]>>;
}

/** The memory of the emulated device, bypassing its processor. */
export interface Memory {
  peek(address: number, bytes: number): Uint8Array;
}

/** Figures that the core keeps of a container. */
export interface ContainerFigures {
  readonly events: number;
  readonly dropped: number;
  readonly missed: number;
  readonly bindings: number;
  readonly waiting: number;
  /** Of its linear memory. */
  readonly memoryBytes: number;
}

/** Of a container about which nothing is known. */
export const noFigures: ContainerFigures = {
  events: 0,
  dropped: 0,
  missed: 0,
  bindings: 0,
  waiting: 0,
  memoryBytes: 0,
};

/** Looks into the kernel's variables. */
export class KernelMemory {
  readonly #memory: Memory;
  readonly #layout: KernelLayout;

  constructor(memory: Memory, layout: KernelLayout) {
    this.#memory = memory;
    this.#layout = layout;
  }

  /** Of what runs in a place; of nobody if nothing does. */
  container(place: number): ContainerFigures {
    const index = this.#indices().find((at) => this.#field(at, "place") === place);
    if (index === undefined) return noFigures;
    return {
      events: this.#field(index, "events"),
      dropped: this.#field(index, "dropped"),
      missed: this.#field(index, "missed"),
      bindings: this.#field(index, "bindings"),
      waiting: this.#field(index, "waiting"),
      memoryBytes: this.#field(index, "memory_bytes"),
    };
  }

  /** Where in its table the kernel has containers that do not stand by. */
  #indices(): number[] {
    const count = this.#layout.symbols["containers"]![1] / this.#struct("container").bytes;
    return Array.from({ length: count }, (_, index) => index).filter(
      (index) => this.#field(index, "state") !== 0 && this.#field(index, "stands_by") === 0,
    );
  }

  /** The address of a symbol. Throws a RangeError if the firmware has none of that name. */
  address(name: string): number {
    const symbol = this.#layout.symbols[name];
    if (symbol === undefined) throw new RangeError(`the firmware has no symbol ${name}`);
    return symbol[0];
  }

  #field(index: number, name: string): number {
    const struct = this.#struct("container");
    const field = struct.fields[name];
    if (field === undefined)
      throw new RangeError(`struct container of the firmware has no ${name}`);
    return this.#read(this.address("containers") + index * struct.bytes, field);
  }

  #struct(name: string): StructLayout {
    const struct = this.#layout.structs[name];
    if (struct === undefined) throw new RangeError(`the firmware has no struct ${name}`);
    return struct;
  }

  #read(at: number, [offset, bytes]: readonly [number, number]): number {
    const value = this.#memory.peek(at + offset, bytes);
    return value.reduceRight((sum, byte) => sum * 256 + byte, 0);
  }
}
